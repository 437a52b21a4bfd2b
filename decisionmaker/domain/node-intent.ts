import type { PostedNumbers } from './posted-numbers.js';

/** One node policy for this node: a wish for every process of the node whose command matches (contract 1.8, 2.4). */
export interface NodeIntent {
  readonly policyID: string;
  readonly nodeID: string;
  /** RE2, unanchored, on comm; empty matches no process, otherwise than for pods. One that cannot be used, too. */
  readonly commandRegex: string;
  readonly priority: number;
  /** Nanoseconds; 0 = default slice. */
  readonly executionTime: number;
}

/** A node intent as it is kept. */
export interface StoredNodeIntent extends NodeIntent {
  /** Only where the numbers in force are others. */
  readonly posted?: PostedNumbers;
}

/** The node intents as they are kept on disk. */
export interface StoredNodeIntents {
  readonly intents: readonly StoredNodeIntent[];
}

/** The node intents in force, never changed, only replaced. Posted whole, as sets are; known and empty until then. */
export interface KnownNodeIntents {
  readonly intents: readonly NodeIntent[];
  /** In the manager's form (contract 2.10); empty before the first were posted or deleted. */
  readonly merkleRoot: string;
}

export const NO_NODE_INTENTS: KnownNodeIntents = { intents: [], merkleRoot: '' };
