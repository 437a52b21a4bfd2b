import { type FileHandle, open, rename } from 'node:fs/promises';
import { errnoOf } from '../../../shared/files/read-if-present.js';
import { LogCursor } from './log-cursor.js';

/** Where a reader of a growing log stood when it looked. */
export interface LogState {
  readonly appends: number;
  readonly rotations: number;
  readonly closed: boolean;
}

/** A container's log may take twice this: the file, and the one before it. */
const MAX_FILE_BYTES = 5 * 1024 * 1024;

/**
 * The growing log of one run of a container. Appends are written one after another, in order; when the file is
 * full it becomes `FILE.1`, in place of the one before. Readers in this process can wait for more.
 */
export class LogFile {
  readonly path: string;
  readonly #maxBytes: number;
  #handle: FileHandle;
  #bytes = 0;
  #queue: Promise<unknown> = Promise.resolve();
  #state: LogState = { appends: 0, rotations: 0, closed: false };
  readonly #waiting = new Set<() => void>();

  private constructor(file: string, handle: FileHandle, maxBytes: number) {
    this.path = file;
    this.#handle = handle;
    this.#maxBytes = maxBytes;
  }

  /** Makes a new, empty log. */
  static async create(file: string, maxBytes = MAX_FILE_BYTES): Promise<LogFile> {
    return new LogFile(file, await open(file, 'w', 0o600), maxBytes);
  }

  get state(): LogState {
    return this.#state;
  }

  /** Resolves when the text is with the operating system; the caller waits, so that memory stays bounded. */
  append(text: string): Promise<void> {
    return this.#inTurn(async () => {
      const bytes = Buffer.from(text);
      if (this.#bytes > 0 && this.#bytes + bytes.length > this.#maxBytes) await this.#rotate();
      await this.#handle.writeFile(bytes);
      this.#bytes += bytes.length;
      this.#changed({ appends: this.#state.appends + 1 });
    });
  }

  async close(): Promise<void> {
    await this.#inTurn(async () => {
      if (this.#state.closed) return;
      await this.#handle.close();
      this.#changed({ closed: true });
    });
  }

  /** Opens the older half, if there is one, and the present file, with no rotation in between. */
  openAll(): Promise<{ readonly cursors: readonly LogCursor[]; readonly rotations: number }> {
    return this.#inTurn(async () => ({
      cursors: await openLog(this.path),
      rotations: this.#state.rotations,
    }));
  }

  /** Resolves once the log is no longer in this state, or when the signal aborts. */
  changedSince(state: LogState, signal: AbortSignal): Promise<void> {
    if (state !== this.#state || signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const settle = () => {
        this.#waiting.delete(settle);
        signal.removeEventListener('abort', settle);
        resolve();
      };
      this.#waiting.add(settle);
      signal.addEventListener('abort', settle);
    });
  }

  async #rotate(): Promise<void> {
    await this.#handle.close();
    await rename(this.path, olderHalf(this.path));
    this.#handle = await open(this.path, 'w', 0o600);
    this.#bytes = 0;
    this.#changed({ rotations: this.#state.rotations + 1 });
  }

  #changed(part: Partial<LogState>): void {
    this.#state = { ...this.#state, ...part };
    for (const settle of this.#waiting) settle();
  }

  #inTurn<Result>(step: () => Promise<Result>): Promise<Result> {
    const result = this.#queue.then(step);
    this.#queue = result.catch(() => {});
    return result;
  }
}

/** Opens what there is of a log, oldest first. */
export async function openLog(file: string): Promise<LogCursor[]> {
  const cursors: LogCursor[] = [];
  for (const part of [olderHalf(file), file]) {
    try {
      cursors.push(await LogCursor.open(part));
    } catch (error) {
      if (errnoOf(error) !== 'ENOENT') throw error;
    }
  }
  return cursors;
}

function olderHalf(file: string): string {
  return `${file}.1`;
}
