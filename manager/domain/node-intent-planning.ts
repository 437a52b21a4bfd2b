import { sha256Hex } from '../../shared/domain/merkle.js';
import type { ClusterNode } from './cluster.js';
import type { NodeIntent } from './node-intent.js';
import type { NodePolicy } from './node-policy.js';
import { matchedNodes, whyPolicyInactive } from './node-policy-matching.js';
import type { Grant } from './permission.js';

export interface NodePlanningInput {
  readonly policies: Iterable<NodePolicy>;
  readonly nodes: Iterable<ClusterNode>;
  /** A user's grants to keep node policies, by user id. */
  readonly grantsOf: (ownerId: string) => readonly Grant[];
  /** Ids of the intents that people took away. */
  readonly excluded: ReadonlySet<string>;
}

/**
 * The node intents of every node, by node name: one for each policy that is active and each node it matches. Weakest
 * first, as in a set, for agents that serve them in the order of the list. Nodes without any are not in the map.
 */
export function planNodeIntents(input: NodePlanningInput): Map<string, NodeIntent[]> {
  const { excluded, grantsOf } = input;
  const active = [...input.policies].filter(
    (policy) => whyPolicyInactive(policy, grantsOf(policy.ownerId)) === undefined,
  );
  const byNode = new Map<string, NodeIntent[]>();
  if (active.length === 0) return byNode;
  const nodesByName = new Map([...input.nodes].map((node) => [node.name, node]));
  for (const policy of active.sort(weakestFirst)) {
    for (const { name } of matchedNodes(policy, nodesByName)) {
      const intent = nodeIntentOf(policy, name);
      if (excluded.has(intent.id)) continue;
      const intents = byNode.get(name);
      if (intents === undefined) byNode.set(name, [intent]);
      else intents.push(intent);
    }
  }
  return byNode;
}

/** As agents rank them: stronger priority, then the smaller id, wins and stands last. */
function weakestFirst(a: NodePolicy, b: NodePolicy): number {
  return b.spec.priority - a.spec.priority || (a.id < b.id ? 1 : -1);
}

function nodeIntentOf({ id: policyID, spec }: NodePolicy, nodeID: string): NodeIntent {
  const { commandRegex, priority, executionTime } = spec;
  return { id: nodeIntentId(policyID, nodeID), policyID, nodeID, commandRegex, priority, executionTime };
}

/** The id of a node intent: the first 24 hex of SHA-256 over policy id and node name, so nothing needs to be stored. */
export function nodeIntentId(policyId: string, nodeName: string): string {
  return sha256Hex(`${policyId}/${nodeName}`).slice(0, 24);
}
