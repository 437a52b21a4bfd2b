import { isNoLimit } from './glob.js';
import type { NodePolicy } from './node-policy.js';
import type { Grant } from './permission.js';
import { grantsOver } from './strategy-reach.js';

/**
 * Whether some grant lets its holder give processes of whole nodes this priority. A node policy reaches every
 * process of a node, whosever pod it is in, and carries no tenant tag: a grant that is limited to some namespaces
 * gives no right to it, or the limit would mean nothing.
 */
export function reachesNodes(grants: readonly Grant[], priority: number): boolean {
  return grants.some((grant) => isOfWholeCluster(grant) && priority >= grant.strongestPriority);
}

/** Why the grants do not let their holder keep a node policy of this priority; undefined when they do. */
export function whyNodesOutOfReach(grants: readonly Grant[], priority: number): string | undefined {
  const wide = grants.filter(isOfWholeCluster);
  if (wide.length === 0) {
    return 'a node policy reaches every process of a node, and your roles are limited to namespaces';
  }
  if (reachesNodes(wide, priority)) return undefined;
  const strongest = Math.min(...wide.map((grant) => grant.strongestPriority));
  return `your roles allow node policies with priorities from ${strongest} (strongest) to 20, found ${priority}`;
}

/** Whether a grant has no limit by namespace. */
function isOfWholeCluster({ k8sNamespaces, policyNamespaces }: Grant): boolean {
  return isNoLimit(k8sNamespaces) && isNoLimit(policyNamespaces);
}

/**
 * Whether the grants reach a policy that is there already: the own one in any case, so that nobody loses sight of
 * it; somebody else's where they would let their holder keep such a policy.
 */
export function reachesNodePolicy(
  grants: readonly Grant[],
  callerId: string,
  { ownerId, spec }: Pick<NodePolicy, 'ownerId' | 'spec'>,
): boolean {
  if (callerId === ownerId) return grants.length > 0;
  return reachesNodes(grantsOver(grants, callerId, ownerId), spec.priority);
}
