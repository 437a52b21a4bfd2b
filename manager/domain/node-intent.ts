import {
  firstGenerationNodeIntentRoot,
  nodeIntentMerkleRoot,
  type PostedNodeIntent,
} from '../../shared/domain/node-intent-digest.js';
import { servedPriority, servedSliceNs } from '../../shared/domain/scheduling-values.js';

/** One node policy × one node that it matches; derived, never stored. */
export interface NodeIntent {
  /** 24 hex, derived from policy id and node name. */
  readonly id: string;
  readonly policyID: string;
  readonly nodeID: string;
  readonly commandRegex: string;
  readonly priority: number;
  /** Nanoseconds; 0 = default slice. */
  readonly executionTime: number;
}

/** Node intents as they go to a node: whole, weakest first. */
export interface NodeIntentList {
  readonly items: readonly NodeIntentItem[];
  /** Differs when the items or their order do; the root does not know the order. */
  readonly fingerprint: string;
}

/** The fields of a node intent that an agent knows. */
export interface NodeIntentItem extends PostedNodeIntent {
  readonly priority: number;
  readonly executionTime: number;
}

/**
 * What an agent is sent. One of the first generation hands the numbers on as they are, so for it those that
 * schedulers disagree about are settled here.
 */
export function nodeIntentList(
  intents: readonly NodeIntent[],
  agentGeneration: 'first' | 'current',
): NodeIntentList {
  const items = intents.map(({ policyID, nodeID, commandRegex, priority, executionTime }) => ({
    policyID,
    nodeID,
    commandRegex,
    priority: agentGeneration === 'first' ? servedPriority(priority, false) : priority,
    executionTime: agentGeneration === 'first' ? servedSliceNs(executionTime) : executionTime,
  }));
  return { items, fingerprint: JSON.stringify(items) };
}

/**
 * Whether a root says that an agent holds these items. Agents of the first generation build another root than
 * managers expect (contract 2.10), and before they were ever given any it is the empty text.
 */
export function isRootOf(root: string, items: readonly NodeIntentItem[]): boolean {
  if (items.length === 0 && root === '') return true;
  return root === nodeIntentMerkleRoot(items) || root === firstGenerationNodeIntentRoot(items);
}
