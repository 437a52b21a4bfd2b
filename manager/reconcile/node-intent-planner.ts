import type { ClusterNode } from '../domain/cluster.js';
import type { NodeIntent } from '../domain/node-intent.js';
import { type NodePlanningInput, planNodeIntents } from '../domain/node-intent-planning.js';

/**
 * Plans node intents, and gives the last plan again while nothing has changed that it follows from: passes come with
 * every pod that changes, and a broad policy in a large cluster makes thousands of intents.
 */
export class NodeIntentPlanner {
  #asked = '';
  #nodes: readonly ClusterNode[] = [];
  #plan: ReadonlyMap<string, readonly NodeIntent[]> = new Map();

  plan(input: NodePlanningInput): ReadonlyMap<string, readonly NodeIntent[]> {
    const policies = [...input.policies];
    const nodes = [...input.nodes];
    const asked = JSON.stringify([
      policies.map((policy) => [policy, input.grantsOf(policy.ownerId)]),
      [...input.excluded],
    ]);
    if (asked === this.#asked && areAlike(nodes, this.#nodes)) return this.#plan;
    this.#plan = planNodeIntents({ ...input, policies, nodes });
    this.#asked = asked;
    this.#nodes = nodes;
    return this.#plan;
  }
}

/** Nodes tell their state all the time; for the plan only names and labels matter. */
function areAlike(nodes: readonly ClusterNode[], others: readonly ClusterNode[]): boolean {
  return nodes.length === others.length && nodes.every((node, index) => isAlike(node, others[index]));
}

function isAlike(node: ClusterNode, other: ClusterNode | undefined): boolean {
  if (node === other) return true;
  if (node.name !== other?.name) return false;
  const keys = Object.keys(node.labels);
  return (
    keys.length === Object.keys(other.labels).length &&
    keys.every((key) => Object.hasOwn(other.labels, key) && node.labels[key] === other.labels[key])
  );
}
