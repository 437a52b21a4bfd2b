import { merkleRoot, sha256Hex } from './merkle.js';

/** The fields of a node intent that its public root covers. Integers beyond 2^53 stay exact: as posted. */
export interface PostedNodeIntent {
  readonly nodeID: string;
  readonly policyID: string;
  readonly commandRegex: string;
  readonly priority: number | bigint;
  readonly executionTime: number | bigint;
}

/** The public merkle root of node intents in the form that managers expect (contract 2.10). */
export function nodeIntentMerkleRoot(intents: readonly PostedNodeIntent[]): string {
  return rootOver(intents, ['nodeID', 'policyID', 'commandRegex', 'priority', 'executionTime']);
}

/** The root that the agents of the first generation tell, with policyID first; no manager of theirs ever expected it. */
export function firstGenerationNodeIntentRoot(intents: readonly PostedNodeIntent[]): string {
  return rootOver(intents, ['policyID', 'nodeID', 'commandRegex', 'priority', 'executionTime']);
}

function rootOver(intents: readonly PostedNodeIntent[], order: readonly (keyof PostedNodeIntent)[]): string {
  const leaves = intents.map((intent) => ({
    sortKey: Buffer.from(order.map((field) => intent[field]).join('|')),
    hash: sha256Hex(order.map((field) => `${field}=${intent[field]}`).join('|')),
  }));
  leaves.sort((a, b) => Buffer.compare(a.sortKey, b.sortKey));
  return merkleRoot(leaves.map((leaf) => leaf.hash));
}
