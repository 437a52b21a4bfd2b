import type { PatternResult } from '../../shared/domain/command-pattern.js';
import { compilePatterns, type PostedItem, withDefaults } from './intent-checks.js';
import type { KnownIntentSet, StoredIntent } from './intent-set.js';
import { adoptNumbers } from './posted-numbers.js';

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
  return {
    ...plain,
    ...adoptNumbers(item),
    precedence: safeOrZero(plain.precedence),
    strategyCreatedTime: safeOrZero(plain.strategyCreatedTime),
  };
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
