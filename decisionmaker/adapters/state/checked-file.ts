import { readdir, rename, unlink } from 'node:fs/promises';
import path from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { DomainError, messageOf } from '../../../shared/domain/domain-error.js';
import { sha256Hex } from '../../../shared/domain/merkle.js';
import { readIfPresent } from '../../../shared/files/read-if-present.js';
import { writeFileDurably } from '../../../shared/files/write-file-durably.js';
import type { Clock } from '../../../shared/lifecycle/clock.js';

export interface CheckedFileOptions {
  readonly folder: string;
  readonly name: string;
  /** What tells this file from others, in its first key. */
  readonly format: string;
  /** Raised when the meaning of the file changes; a file of another version is not read. */
  readonly version: number;
  /** The key that holds the content. */
  readonly key: string;
  readonly clock: Clock;
}

/** One JSON file with a checksum over its content, replaced whole. */
export class CheckedFile<Content> {
  readonly #options: CheckedFileOptions;
  readonly #file: string;

  constructor(options: CheckedFileOptions) {
    this.#options = options;
    this.#file = path.join(options.folder, options.name);
  }

  /** What was saved last; undefined when nothing was. Rejects with `invalid` when the file cannot be used. */
  async load(): Promise<Content | undefined> {
    await this.#removeUnfinished();
    const text = await readIfPresent(this.#file);
    return text === undefined ? undefined : this.#parsed(text);
  }

  /** Resolves when the content would survive a power cut. Calls must not overlap. */
  async save(content: Content): Promise<void> {
    const { format, version, key } = this.#options;
    const text = JSON.stringify(content);
    // Both take their time with a large content.
    await nextTurn();
    const head = JSON.stringify({ format, version, sha256: sha256Hex(text) });
    await writeFileDurably(this.#file, `${head.slice(0, -1)},${JSON.stringify(key)}:${text}}\n`);
  }

  /** Moves the file out of the way, for a person to look at. Resolves with its new place. */
  async setAside(): Promise<string> {
    const time = new Date(this.#options.clock.now()).toISOString().replaceAll(/[:.]/g, '-');
    const place = `${this.#file}.corrupt-${time}`;
    await rename(this.#file, place);
    return place;
  }

  #parsed(text: string): Content {
    const { format, version, key } = this.#options;
    const file = this.#json(text);
    if (file?.format !== format || file.version !== version) {
      throw this.#unusable(`it is not of the format ${format} version ${version}`);
    }
    const content = file[key];
    // The text of parsed JSON is that of what it was made of: keys keep their order, numbers are safe integers.
    if (sha256Hex(JSON.stringify(content) ?? '') !== file.sha256)
      throw this.#unusable('its checksum is wrong');
    return content as Content;
  }

  #json(text: string): Readonly<Record<string, unknown>> | null {
    try {
      return JSON.parse(text) as Readonly<Record<string, unknown>> | null;
    } catch (error) {
      throw this.#unusable(messageOf(error));
    }
  }

  #unusable(reason: string): DomainError {
    return new DomainError('invalid', `${this.#file} cannot be used: ${reason}`);
  }

  /** A write that was cut off by a crash leaves its temporary file behind. */
  async #removeUnfinished(): Promise<void> {
    const { folder, name } = this.#options;
    for (const found of await readdir(folder)) {
      if (found.startsWith(`${name}.`) && found.endsWith('.tmp')) await unlink(path.join(folder, found));
    }
  }
}
