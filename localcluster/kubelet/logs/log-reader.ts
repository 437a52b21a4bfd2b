import type { LogCursor } from './log-cursor.js';
import { type LogFile, openLog } from './log-file.js';

/** A log that still grows, or the file of one that has ended. */
export type LogSource = LogFile | string;

/** Reads the lines of one log: first what there was when it was opened, then what comes. */
export class LogReader {
  readonly #log: LogFile | undefined;
  #cursors: readonly LogCursor[];
  #rotations: number;

  private constructor(log: LogFile | undefined, cursors: readonly LogCursor[], rotations: number) {
    this.#log = log;
    this.#cursors = cursors;
    this.#rotations = rotations;
  }

  static async open(source: LogSource): Promise<LogReader> {
    if (typeof source === 'string') return new LogReader(undefined, await openLog(source), 0);
    const { cursors, rotations } = await source.openAll();
    return new LogReader(source, cursors, rotations);
  }

  /** The lines that there were at opening, each time from the first, however fast the log grows meanwhile. */
  async *snapshot(): AsyncGenerator<string, void, void> {
    for (const cursor of this.#cursors) {
      cursor.rewind();
      yield* cursor.lines(cursor.sizeAtOpen);
    }
  }

  /** The lines after the snapshot, as they come, until the log is closed or the signal aborts. */
  async *growth(signal: AbortSignal): AsyncGenerator<string, void, void> {
    const log = this.#log;
    while (log !== undefined && !signal.aborted) {
      // Taken before reading, so that what comes while reading is not waited for in vain.
      const state = log.state;
      for (const cursor of this.#cursors) yield* cursor.lines();
      if (state.rotations !== this.#rotations) await this.#openAgain(log);
      else if (state.closed) return;
      else await log.changedSince(state, signal);
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.#cursors.map((cursor) => cursor.close()));
  }

  /** After one rotation the older half has been read. Who is slower than two of them loses what was before it. */
  async #openAgain(log: LogFile): Promise<void> {
    await this.close();
    this.#cursors = [];
    const { cursors, rotations } = await log.openAll();
    const isOlderHalfRead = rotations - this.#rotations === 1;
    this.#cursors = cursors;
    this.#rotations = rotations;
    if (!isOlderHalfRead) return;
    this.#cursors = cursors.slice(-1);
    await Promise.all(cursors.slice(0, -1).map((cursor) => cursor.close()));
  }
}
