import type { StoredNodeIntents } from '../domain/node-intent.js';

/** Where the last acknowledged node intents outlive the process. */
export interface NodeIntentStore {
  /** What was saved last; undefined when nothing was. Rejects with `invalid` when it cannot be read. */
  load(): Promise<StoredNodeIntents | undefined>;
  /** Resolves when they would survive a power cut. Calls must not overlap. */
  save(intents: StoredNodeIntents): Promise<void>;
  /** Moves what cannot be used out of the way, for a person to look at. Resolves with its new place. */
  setAside(): Promise<string>;
}
