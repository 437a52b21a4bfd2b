import type { StoredIntentSet } from '../domain/intent-set.js';

/** Where the last acknowledged set outlives the process. */
export interface IntentSetStore {
  /** What was saved last; undefined when nothing was. Rejects with `invalid` when it cannot be read as a set. */
  load(): Promise<StoredIntentSet | undefined>;
  /** Resolves when the set would survive a power cut. Calls must not overlap. */
  save(set: StoredIntentSet): Promise<void>;
  /** Moves what cannot be used out of the way, for a person to look at. Resolves with its new place. */
  setAside(): Promise<string>;
}
