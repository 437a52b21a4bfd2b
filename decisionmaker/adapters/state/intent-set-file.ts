import { readdir, rename, unlink } from 'node:fs/promises';
import path from 'node:path';
import { DomainError, messageOf } from '../../../shared/domain/domain-error.js';
import { sha256Hex } from '../../../shared/domain/merkle.js';
import { readIfPresent } from '../../../shared/files/read-if-present.js';
import { writeFileDurably } from '../../../shared/files/write-file-durably.js';
import type { Clock } from '../../../shared/lifecycle/clock.js';
import type { StoredIntentSet } from '../../domain/intent-set.js';
import type { IntentSetStore } from '../../ports/intent-set-store.js';

const FILE_NAME = 'intent-set.json';
const FORMAT = 'podium-intent-set';
/** Raised when the meaning of the file changes; a file of another version is not read. */
const VERSION = 1;

interface FileContent {
  readonly format: string;
  readonly version: number;
  /** Of the JSON text of `set`. */
  readonly sha256: string;
  readonly set: StoredIntentSet;
}

/** One JSON file with a checksum in the agent's state folder. */
export class IntentSetFile implements IntentSetStore {
  readonly #folder: string;
  readonly #file: string;
  readonly #clock: Clock;

  constructor(folder: string, clock: Clock) {
    this.#folder = folder;
    this.#file = path.join(folder, FILE_NAME);
    this.#clock = clock;
  }

  async load(): Promise<StoredIntentSet | undefined> {
    await this.#removeUnfinished();
    const text = await readIfPresent(this.#file);
    return text === undefined ? undefined : this.#parsed(text);
  }

  async save({ nodeName, epoch, generation, digest, acceptedAtMs, intents }: StoredIntentSet): Promise<void> {
    const set: StoredIntentSet = { nodeName, epoch, generation, digest, acceptedAtMs, intents };
    const content: FileContent = { format: FORMAT, version: VERSION, sha256: checksumOf(set), set };
    await writeFileDurably(this.#file, `${JSON.stringify(content)}\n`);
  }

  async setAside(): Promise<string> {
    const time = new Date(this.#clock.now()).toISOString().replaceAll(/[:.]/g, '-');
    const place = `${this.#file}.corrupt-${time}`;
    await rename(this.#file, place);
    return place;
  }

  #parsed(text: string): StoredIntentSet {
    const content = this.#json(text);
    if (content?.format !== FORMAT || content.version !== VERSION) {
      throw this.#unusable(`it is not of the format ${FORMAT} version ${VERSION}`);
    }
    if (checksumOf(content.set) !== content.sha256) throw this.#unusable('its checksum is wrong');
    return content.set;
  }

  #json(text: string): FileContent | null {
    try {
      return JSON.parse(text) as FileContent | null;
    } catch (error) {
      throw this.#unusable(messageOf(error));
    }
  }

  #unusable(reason: string): DomainError {
    return new DomainError('invalid', `${this.#file} cannot be used: ${reason}`);
  }

  /** A write that was cut off by a crash leaves its temporary file behind. */
  async #removeUnfinished(): Promise<void> {
    for (const name of await readdir(this.#folder)) {
      if (name.startsWith(`${FILE_NAME}.`) && name.endsWith('.tmp'))
        await unlink(path.join(this.#folder, name));
    }
  }
}

/** The text of parsed JSON is that of what it was made of: keys keep their order, numbers are safe integers. */
function checksumOf(set: unknown): string {
  return sha256Hex(JSON.stringify(set) ?? '');
}
