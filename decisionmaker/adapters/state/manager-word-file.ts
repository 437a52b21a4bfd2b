import path from 'node:path';
import { readIfPresent } from '../../../shared/files/read-if-present.js';
import { writeFileDurably } from '../../../shared/files/write-file-durably.js';
import type { ManagerWordStore } from '../../ports/manager-contact.js';

/** A file with one RFC 3339 time in the agent's state folder. */
export class ManagerWordFile implements ManagerWordStore {
  readonly #file: string;

  constructor(folder: string) {
    this.#file = path.join(folder, 'last-manager-word');
  }

  async load(): Promise<number | undefined> {
    const text = await readIfPresent(this.#file).catch(() => undefined);
    const wordAtMs = Date.parse(text?.trim() ?? '');
    return Number.isNaN(wordAtMs) ? undefined : wordAtMs;
  }

  async save(wordAtMs: number): Promise<void> {
    await writeFileDurably(this.#file, `${new Date(wordAtMs).toISOString()}\n`);
  }
}
