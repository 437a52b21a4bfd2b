import type { CommandPattern, PatternResult } from '../../shared/domain/command-pattern.js';
import type { Intent, IntentSet } from '../../shared/domain/intent.js';
import { intentMerkleRoot } from '../../shared/domain/intent-digest.js';
import { compareRank } from '../../shared/domain/precedence.js';
import { containerIdOf } from './container-id.js';

/** An intent made ready for matching. */
export interface CompiledIntent {
  readonly intent: Intent;
  readonly pattern: CommandPattern;
  /** Place in the order of strength over the whole set, 0 = strongest; equal for intents of one strategy. */
  readonly rank: number;
  /** The containers it is for; undefined = all of the pod. A name without an id, not started yet, adds none. */
  readonly containerIds: ReadonlySet<string> | undefined;
}

/** A set as it is kept on disk. */
export interface StoredIntentSet extends IntentSet {
  /** Unix milliseconds. */
  readonly acceptedAtMs: number;
}

/** The one set an agent knows, never changed, only replaced. Not having one is not the same as an empty one. */
export interface KnownIntentSet extends StoredIntentSet {
  /** The public root over the eight public fields (contract 2.9). */
  readonly merkleRoot: string;
  /** Strongest first. */
  readonly byPod: ReadonlyMap<string, readonly CompiledIntent[]>;
}

/** Makes a checked set ready for use. Every regex of it must be among the patterns, and compile. */
export function compileIntentSet(
  set: StoredIntentSet,
  patterns: ReadonlyMap<string, PatternResult>,
): KnownIntentSet {
  const byPod = new Map<string, CompiledIntent[]>();
  let rank = 0;
  let stronger: Intent | undefined;
  for (const intent of set.intents.toSorted(compareRank)) {
    if (stronger !== undefined && compareRank(stronger, intent) !== 0) rank++;
    stronger = intent;
    const result = patterns.get(intent.commandRegex);
    if (result?.ok !== true) throw new Error(`the pattern of intent ${intent.id} was not compiled`);
    const compiled = { intent, pattern: result.pattern, rank, containerIds: containerIdsOf(intent) };
    const ofPod = byPod.get(intent.podID);
    if (ofPod === undefined) byPod.set(intent.podID, [compiled]);
    else ofPod.push(compiled);
  }
  return { ...set, merkleRoot: intentMerkleRoot(set.intents), byPod };
}

function containerIdsOf(intent: Intent): ReadonlySet<string> | undefined {
  if (intent.containerNames.length === 0) return undefined;
  const wanted = intent.containers.filter((container) => intent.containerNames.includes(container.name));
  return new Set(wanted.flatMap((container) => containerIdOf(container.id) ?? []));
}
