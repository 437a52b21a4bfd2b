import type { KnownIntentSet } from '../domain/intent-set.js';

/** The set that decides now. */
export interface IntentSets {
  /** undefined = no set is known, which is not the same as an empty one. */
  current(): KnownIntentSet | undefined;
}
