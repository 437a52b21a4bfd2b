import type { PatternResult } from '../../shared/domain/command-pattern.js';
import {
  DEFAULT_PRIORITY,
  LONGEST_SLICE_NS,
  SHORTEST_SLICE_NS,
  STRONGEST_PRIORITY,
  WEAKEST_PRIORITY,
} from '../../shared/domain/scheduling-values.js';
import { compilePatterns, type PostedItem, withDefaults } from './intent-checks.js';
import type { KnownIntentSet, StoredIntent } from './intent-set.js';

/** What had to be made of a set without a version before it could decide, as counts of items. */
export interface LegacyAdjustments {
  /** A regex that RE2 does not compile within 256 characters: kept, but without effect. */
  readonly unusablePattern: number;
  /** A priority that is missing or outside 0 to 20. */
  readonly priority: number;
  /** A slice that is negative, or outside the range that schedulers are given. */
  readonly executionTime: number;
}

export interface AdoptedItems {
  readonly intents: readonly StoredIntent[];
  readonly patterns: ReadonlyMap<string, PatternResult>;
}

/**
 * Makes usable what a first-generation manager posted (DESIGN 9, "legacy"). Nothing is refused: an item's node is
 * not compared, numbers are brought into range, and the numbers as posted stay beside them for the public root.
 */
export function adoptItems(items: readonly PostedItem[]): AdoptedItems {
  return { intents: items.map(adopted), patterns: compilePatterns(items) };
}

function adopted(item: PostedItem): StoredIntent {
  const plain = withDefaults(item);
  const priority = adoptedPriority(item.priority);
  const executionTime = adoptedSliceNs(item.executionTime);
  const intent = {
    ...plain,
    priority,
    executionTime,
    precedence: safeOrZero(plain.precedence),
    strategyCreatedTime: safeOrZero(plain.strategyCreatedTime),
  };
  // Only a first-generation agent's zero for what is missing makes the root the same on both sides.
  const posted = { priority: String(item.priority ?? 0), executionTime: String(item.executionTime ?? 0) };
  const isAsPosted = posted.priority === String(priority) && posted.executionTime === String(executionTime);
  return isAsPosted ? intent : { ...intent, posted };
}

/** Missing counts as 10, below 0 as 0, above 20 as 20. */
export function adoptedPriority(posted: number | bigint | undefined): number {
  if (posted === undefined) return DEFAULT_PRIORITY;
  return Math.min(Math.max(Number(posted), STRONGEST_PRIORITY), WEAKEST_PRIORITY);
}

/** Missing, 0 and below count as 0, the default slice; the rest is brought into range. Nanoseconds. */
export function adoptedSliceNs(posted: number | bigint | undefined): number {
  const sliceNs = Number(posted ?? 0);
  return sliceNs <= 0 ? 0 : Math.min(Math.max(sliceNs, SHORTEST_SLICE_NS), LONGEST_SLICE_NS);
}

function safeOrZero(value: number): number {
  return Number.isSafeInteger(value) ? value : 0;
}

/** Counts, for the log and the metrics, what the items of a set needed. */
export function adjustmentsOf({ intents, byPod }: KnownIntentSet): LegacyAdjustments {
  let usable = 0;
  for (const ofPod of byPod.values()) usable += ofPod.length;
  let priority = 0;
  let executionTime = 0;
  for (const intent of intents) {
    if (intent.posted === undefined) continue;
    if (intent.posted.priority !== String(intent.priority)) priority++;
    if (intent.posted.executionTime !== String(intent.executionTime)) executionTime++;
  }
  return { unusablePattern: intents.length - usable, priority, executionTime };
}
