import { globMatches } from './glob.js';
import type { Grant } from './permission.js';
import type { Strategy } from './strategy.js';

/** What of a strategy its owner's grants are checked against. */
export interface StrategyClaim {
  readonly strategyNamespace: string;
  readonly priority: number;
}

/** Whether some grant lets its holder give pods of a Kubernetes namespace this priority under this tenant tag. */
export function reachesNamespace(grants: readonly Grant[], claim: StrategyClaim, namespace: string): boolean {
  return grants.some(
    (grant) =>
      claim.priority >= grant.strongestPriority &&
      globsAllow(grant.policyNamespaces, claim.strategyNamespace) &&
      globsAllow(grant.k8sNamespaces, namespace),
  );
}

/** The grants that count for something of this owner: what is limited to the own does not reach what others have. */
export function grantsOver(grants: readonly Grant[], callerId: string, ownerId: string): readonly Grant[] {
  return callerId === ownerId ? grants : grants.filter(({ ownOnly }) => !ownOnly);
}

/**
 * Whether the grants for some permission let the caller see or change a strategy that exists. The own one always: a
 * narrowed role must not keep its holder from taking back what they made. Somebody else's only as a whole, as it is:
 * nobody disarms, or takes over, what they could not have made themselves, and one that names no namespace lies within
 * a grant without such a limit only.
 */
export function reachesStrategy(grants: readonly Grant[], callerId: string, strategy: Strategy): boolean {
  const over = grantsOver(grants, callerId, strategy.ownerId);
  if (callerId === strategy.ownerId) return over.length > 0;
  const { spec } = strategy;
  if (spec.k8sNamespace.length > 0) {
    return spec.k8sNamespace.every((namespace) => reachesNamespace(over, spec, namespace));
  }
  const unlimited = over.filter(({ k8sNamespaces }) => k8sNamespaces.length === 0);
  return reachesNamespace(unlimited, spec, '');
}

/**
 * Why the grants do not let their holder keep such a strategy, or undefined when they do. A strategy that names
 * no namespace means "wherever I may", which is decided pod by pod when planning.
 */
export function whyOutOfReach(
  grants: readonly Grant[],
  claim: StrategyClaim,
  namespaces: readonly string[],
): string | undefined {
  const ofTenant = grants.filter((grant) => globsAllow(grant.policyNamespaces, claim.strategyNamespace));
  if (ofTenant.length === 0) {
    return `your roles do not cover strategyNamespace ${JSON.stringify(claim.strategyNamespace)}`;
  }
  const strongest = Math.min(...ofTenant.map((grant) => grant.strongestPriority));
  if (claim.priority < strongest) {
    return `your roles allow priorities from ${strongest} (strongest) to 20, found ${claim.priority}`;
  }
  const refused = namespaces.filter((namespace) => !reachesNamespace(grants, claim, namespace));
  if (refused.length > 0) {
    return `your roles do not cover ${refused.join(', ')} with priority ${claim.priority}`;
  }
  return undefined;
}

function globsAllow(globs: readonly string[], text: string): boolean {
  return globs.length === 0 || globs.some((glob) => globMatches(glob, text));
}
