import { closeSync, openSync, readdirSync, readlinkSync, readSync, type Stats, statSync } from 'node:fs';
import { errnoOf } from '../../../shared/files/read-if-present.js';
import { isVanished, type ReadErrors } from './read-errors.js';

const FIRST_BUFFER_BYTES = 64 * 1024;
/** More than any file of ours has: 400,000 pids in one cgroup. */
const MAX_FILE_BYTES = 4 * 1024 * 1024;

/**
 * Reads the kernel's small files one after the other, synchronously and into one buffer: for these files the
 * asynchronous calls cost five to eight times as much. Failures are normal, counted, and come back as undefined.
 */
export class NodeFiles {
  readonly #errors: ReadErrors;
  #buffer = Buffer.allocUnsafe(FIRST_BUFFER_BYTES);
  #lastErrno: string | undefined;

  constructor(errors: ReadErrors) {
    this.#errors = errors;
  }

  /** The file's bytes, valid until the next read; undefined when it cannot be read. */
  bytes(file: string): Buffer | undefined {
    return this.#counted(() => {
      const descriptor = openSync(file, 'r');
      try {
        return this.#buffer.subarray(0, this.#readAll(descriptor));
      } finally {
        closeSync(descriptor);
      }
    });
  }

  text(file: string): string | undefined {
    return this.bytes(file)?.toString('utf8');
  }

  link(file: string): string | undefined {
    return this.#counted(() => readlinkSync(file));
  }

  /** The names in a folder. */
  names(folder: string): readonly string[] | undefined {
    return this.#counted(() => readdirSync(folder));
  }

  /** The names of the folders in a folder. */
  folderNames(folder: string): readonly string[] | undefined {
    return this.#counted(() =>
      readdirSync(folder, { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map((entry) => entry.name),
    );
  }

  status(file: string): Stats | undefined {
    return this.#counted(() => statSync(file));
  }

  /** Whether what the last failed read was after had ended, rather than the read being refused. */
  lastFailureWasVanishing(): boolean {
    return isVanished(this.#lastErrno);
  }

  #counted<Result>(read: () => Result): Result | undefined {
    try {
      return read();
    } catch (error) {
      this.#lastErrno = errnoOf(error);
      this.#errors.count(this.#lastErrno);
      return undefined;
    }
  }

  /** The kernel may give less than asked for before the end, so only an empty read is the end. */
  #readAll(descriptor: number): number {
    let length = 0;
    for (;;) {
      if (length === this.#buffer.length) this.#grow();
      if (length === this.#buffer.length) return length;
      const read = readSync(descriptor, this.#buffer, length, this.#buffer.length - length, null);
      if (read === 0) return length;
      length += read;
    }
  }

  #grow(): void {
    if (this.#buffer.length >= MAX_FILE_BYTES) return;
    const larger = Buffer.allocUnsafe(this.#buffer.length * 2);
    this.#buffer.copy(larger);
    this.#buffer = larger;
  }
}
