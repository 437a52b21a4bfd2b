import type { PatternResult } from '../../shared/domain/command-pattern.js';
import type { Intent, IntentSet } from '../../shared/domain/intent.js';
import { intentMerkleRoot, type PostedIntent } from '../../shared/domain/intent-digest.js';
import { compareRank } from '../../shared/domain/precedence.js';
import { numbersAsPosted, type PostedNumbers } from './posted-numbers.js';

/** An intent as it is kept. */
export interface StoredIntent extends Intent {
  /** Only in legacy sets, and there only where the numbers in force are others. */
  readonly posted?: PostedNumbers;
}

/** A set as it is kept on disk. */
export interface StoredIntentSet extends IntentSet {
  readonly intents: readonly StoredIntent[];
  /** Unix milliseconds. */
  readonly acceptedAtMs: number;
  /** Whether it came without a version, from a first-generation manager. Its epoch and generation are older ones. */
  readonly legacy?: boolean;
}

/** The one set an agent knows, never changed, only replaced. Not having one is not the same as an empty one. */
export interface KnownIntentSet extends StoredIntentSet {
  /** The public root over the eight public fields as posted (contract 2.9). */
  readonly merkleRoot: string;
  /** Strongest first. An intent whose regex cannot be used is in none. */
  readonly byPod: ReadonlyMap<string, readonly Intent[]>;
}

/**
 * Makes a checked set ready for use, from plain values alone. An intent whose pattern is not among those that
 * compile decides about nothing. Of intents that are equally strong the later one wins, which is the one that a
 * scheduler keeps of several.
 */
export function compileIntentSet(
  set: StoredIntentSet,
  patterns: ReadonlyMap<string, PatternResult>,
): KnownIntentSet {
  const byPod = new Map<string, Intent[]>();
  for (const intent of set.intents.toReversed().sort(compareRank)) {
    if (patterns.get(intent.commandRegex)?.ok !== true) continue;
    const ofPod = byPod.get(intent.podID);
    if (ofPod === undefined) byPod.set(intent.podID, [intent]);
    else ofPod.push(intent);
  }
  return { ...set, merkleRoot: intentMerkleRoot(set.intents.map(asPosted)), byPod };
}

function asPosted(intent: StoredIntent): PostedIntent {
  return intent.posted === undefined ? intent : { ...intent, ...numbersAsPosted(intent) };
}
