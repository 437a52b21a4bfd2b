import type { KnownIntentSet } from '../domain/intent-set.js';
import type { KnownNodeIntents } from '../domain/node-intent.js';

/** The set that decides now. */
export interface IntentSets {
  /** undefined = no set is known, which is not the same as an empty one. */
  current(): KnownIntentSet | undefined;
}

/** The node intents that decide now. */
export interface NodeIntents {
  nodeIntents(): KnownNodeIntents;
}
