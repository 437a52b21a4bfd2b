import {
  closeSync,
  openSync,
  type PathLike,
  readdirSync,
  readlinkSync,
  readSync,
  type Stats,
  statSync,
} from 'node:fs';
import { errnoOf } from '../../../shared/files/read-if-present.js';
import { isVanished, type ReadErrors } from './read-errors.js';

const FIRST_BUFFER_BYTES = 64 * 1024;
/** More than any file of ours has: 400,000 pids in one cgroup. */
const MAX_FILE_BYTES = 4 * 1024 * 1024;
/** Well below a page, and no record of ours is as long as what is missing to one. */
const SHORT_READ_BYTES = 2_048;

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
  bytes(file: PathLike): Buffer | undefined {
    return this.#counted(() => {
      const descriptor = openSync(file, 'r');
      try {
        return this.#readAll(descriptor);
      } finally {
        closeSync(descriptor);
      }
    });
  }

  text(file: PathLike): string | undefined {
    return this.bytes(file)?.toString('utf8');
  }

  /** A descriptor for reading, to be closed by the caller. */
  open(file: PathLike): number | undefined {
    return this.#counted(() => openSync(file, 'r'));
  }

  /** All bytes of an open file from its beginning, valid until the next read. */
  bytesOf(descriptor: number): Buffer | undefined {
    return this.#counted(() => this.#readAll(descriptor));
  }

  link(file: PathLike): string | undefined {
    return this.#counted(() => readlinkSync(file));
  }

  /** The names in a folder. */
  names(folder: PathLike): readonly string[] | undefined {
    return this.#counted(() => readdirSync(folder));
  }

  /** The names of the folders in a folder, one character for each byte: a name may be any bytes. */
  folderNames(folder: PathLike): readonly string[] | undefined {
    return this.#counted(() =>
      readdirSync(folder, { withFileTypes: true, encoding: 'latin1' })
        .filter((entry) => entry.isDirectory())
        .map((entry) => entry.name),
    );
  }

  status(file: PathLike): Stats | undefined {
    return this.#counted(() => statSync(file));
  }

  /** Whether what the last failed read was after had ended, rather than the read being refused. */
  lastFailureWasVanishing(): boolean {
    return isVanished(this.#lastErrno);
  }

  /** Whether the last failure was that this process, or the system, has no more descriptors to give. */
  lastFailureWasForWantOfDescriptors(): boolean {
    return this.#lastErrno === 'EMFILE' || this.#lastErrno === 'ENFILE';
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

  /**
   * The kernel may give less than asked for before the end, but never less than a page without one record
   * (fs/seq_file.c): a short read is the end, and the empty one that would say so again need not be made.
   */
  #readAll(descriptor: number): Buffer {
    let length = 0;
    for (;;) {
      if (length === this.#buffer.length) this.#grow();
      if (length === this.#buffer.length) break;
      const read = readSync(descriptor, this.#buffer, length, this.#buffer.length - length, length);
      length += read;
      if (read < SHORT_READ_BYTES) break;
    }
    return this.#buffer.subarray(0, length);
  }

  #grow(): void {
    if (this.#buffer.length >= MAX_FILE_BYTES) return;
    const larger = Buffer.allocUnsafe(this.#buffer.length * 2);
    this.#buffer.copy(larger);
    this.#buffer = larger;
  }
}
