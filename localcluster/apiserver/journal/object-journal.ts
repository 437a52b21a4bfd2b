import { closeSync, openSync, renameSync, writeFileSync, writeSync } from 'node:fs';
import { DomainError, messageOf } from '../../../shared/domain/domain-error.js';
import type { Component } from '../../../shared/lifecycle/component.js';
import type { Change } from '../store/change.js';
import type { ObjectStore } from '../store/object-store.js';
import { JOURNAL_HEADER, journalLine } from './read-journal.js';

/** The file is written anew when it has this many lines, and several times as many as there are objects. */
const MIN_LINES = 1_000;
const LINES_PER_OBJECT = 4;
const OWNER_ONLY = 0o600;

/**
 * Writes every change of a store to a file, before it is answered, so that a server that is killed finds its
 * objects again. (The file is not flushed to the disk: after a power cut the last changes may be missing.) A file
 * that cannot be written ends the server.
 */
export function objectJournal(file: string, store: ObjectStore): Component {
  let fail: (error: Error) => void = () => {};
  const failed = new Promise<never>((_resolve, reject) => {
    fail = reject;
  });
  failed.catch(() => {});
  const journal = new JournalFile(file, store);
  let unsubscribe = () => {};
  return {
    name: 'journal',
    failed,
    start: async () => {
      journal.rewrite();
      unsubscribe = store.subscribe((resource, change) => {
        try {
          journal.append(resource, change);
        } catch (error) {
          fail(unwritable(file, error));
        }
      });
    },
    stop: async () => {
      unsubscribe();
      journal.close();
    },
  };
}

function unwritable(file: string, error: unknown): DomainError {
  return new DomainError('unavailable', `the data file ${file} cannot be written: ${messageOf(error)}`, {
    cause: error,
  });
}

class JournalFile {
  readonly #file: string;
  readonly #store: ObjectStore;
  #descriptor: number | undefined;
  #lines = 0;

  constructor(file: string, store: ObjectStore) {
    this.#file = file;
    this.#store = store;
  }

  append(resource: string, { key, current }: Change): void {
    if (this.#descriptor === undefined) return;
    if (this.#lines > MIN_LINES + LINES_PER_OBJECT * this.#store.size) this.rewrite();
    else {
      writeSync(this.#descriptor, journalLine(resource, key, current?.json));
      this.#lines += 1;
    }
  }

  /** Replaces the file by one that has each object once. */
  rewrite(): void {
    this.close();
    const lines: string[] = [];
    for (const [resource, collection] of this.#store.collections()) {
      const snapshot = collection.now();
      for (const key of snapshot.keys('')) lines.push(journalLine(resource, key, snapshot.get(key)?.json));
    }
    const temporary = `${this.#file}.tmp`;
    try {
      writeFileSync(temporary, `${JOURNAL_HEADER}\n${lines.join('')}`, { mode: OWNER_ONLY });
      renameSync(temporary, this.#file);
      this.#descriptor = openSync(this.#file, 'a', OWNER_ONLY);
    } catch (error) {
      throw unwritable(this.#file, error);
    }
    this.#lines = lines.length;
  }

  close(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }
}
