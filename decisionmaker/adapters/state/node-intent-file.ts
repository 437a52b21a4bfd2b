import type { Clock } from '../../../shared/lifecycle/clock.js';
import type { StoredNodeIntents } from '../../domain/node-intent.js';
import type { NodeIntentStore } from '../../ports/node-intent-store.js';
import { CheckedFile } from './checked-file.js';

/** The node intents in the agent's state folder. */
export class NodeIntentFile implements NodeIntentStore {
  readonly #file: CheckedFile<StoredNodeIntents>;

  constructor(folder: string, clock: Clock) {
    this.#file = new CheckedFile({
      folder,
      name: 'node-intents.json',
      format: 'podium-node-intents',
      version: 1,
      key: 'nodeIntents',
      clock,
    });
  }

  load(): Promise<StoredNodeIntents | undefined> {
    return this.#file.load();
  }

  save({ intents }: StoredNodeIntents): Promise<void> {
    return this.#file.save({ intents });
  }

  setAside(): Promise<string> {
    return this.#file.setAside();
  }
}
