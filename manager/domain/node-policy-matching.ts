import { unmetRequirement } from '../../shared/domain/label-selector.js';
import type { ClusterNode } from './cluster.js';
import type { NodePolicy } from './node-policy.js';
import { whyNodesOutOfReach } from './node-policy-reach.js';
import type { Grant } from './permission.js';

/** Why a policy concerns no node at all, now, in words for people; undefined when it may. */
export function whyPolicyInactive({ spec }: NodePolicy, ownerGrants: readonly Grant[]): string | undefined {
  if (ownerGrants.length === 0) return "the owner's roles no longer allow node policies";
  if (whyNodesOutOfReach(ownerGrants, spec.priority) === undefined) return undefined;
  return `the owner's roles no longer allow node policies with priority ${spec.priority}`;
}

/**
 * The nodes that a policy concerns: names and selectors must both be met, and with neither it concerns none. Where
 * names are given only those are looked at.
 */
export function matchedNodes(
  policy: NodePolicy,
  nodesByName: ReadonlyMap<string, ClusterNode>,
): readonly ClusterNode[] {
  const { nodeNames, nodeSelectors } = policy.spec;
  if (nodeNames.length === 0 && nodeSelectors.length === 0) return [];
  const named =
    nodeNames.length === 0
      ? [...nodesByName.values()]
      : [...new Set(nodeNames)].flatMap((name) => nodesByName.get(name) ?? []);
  return named.filter((node) => unmetRequirement(nodeSelectors, node.labels) === undefined);
}
