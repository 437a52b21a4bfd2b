import type { Clock } from '../../../shared/lifecycle/clock.js';
import type { StoredIntentSet } from '../../domain/intent-set.js';
import type { IntentSetStore } from '../../ports/intent-set-store.js';
import { CheckedFile } from './checked-file.js';

/** The node's set in the agent's state folder. */
export class IntentSetFile implements IntentSetStore {
  readonly #file: CheckedFile<StoredIntentSet>;

  constructor(folder: string, clock: Clock) {
    this.#file = new CheckedFile({
      folder,
      name: 'intent-set.json',
      format: 'podium-intent-set',
      version: 1,
      key: 'set',
      clock,
    });
  }

  load(): Promise<StoredIntentSet | undefined> {
    return this.#file.load();
  }

  save(set: StoredIntentSet): Promise<void> {
    const { nodeName, epoch, generation, digest, acceptedAtMs, legacy, intents } = set;
    const version = { nodeName, epoch, generation, digest, acceptedAtMs };
    return this.#file.save({ ...version, ...(legacy === true ? { legacy } : {}), intents });
  }

  setAside(): Promise<string> {
    return this.#file.setAside();
  }
}
