import { merkleRoot, sha256Hex } from './merkle.js';

/** The fields of a node intent that its public root covers. Integers beyond 2^53 stay exact: as posted. */
export interface PostedNodeIntent {
  readonly nodeID: string;
  readonly policyID: string;
  readonly commandRegex: string;
  readonly priority: number | bigint;
  readonly executionTime: number | bigint;
}

/**
 * The public merkle root of node intents in the form that managers expect (contract 2.10). The agents of the first
 * generation tell another one, with policyID before nodeID, which no manager ever finds in step.
 */
export function nodeIntentMerkleRoot(intents: readonly PostedNodeIntent[]): string {
  const leaves = intents.map(({ nodeID, policyID, commandRegex, priority, executionTime }) => ({
    sortKey: Buffer.from([nodeID, policyID, commandRegex, priority, executionTime].join('|')),
    hash: sha256Hex(
      `nodeID=${nodeID}|policyID=${policyID}|commandRegex=${commandRegex}|priority=${priority}|executionTime=${executionTime}`,
    ),
  }));
  leaves.sort((a, b) => Buffer.compare(a.sortKey, b.sortKey));
  return merkleRoot(leaves.map((leaf) => leaf.hash));
}
