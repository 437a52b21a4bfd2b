import type { Readable } from 'node:stream';
import { messageOf } from '../../../shared/domain/domain-error.js';
import type { Clock } from '../../../shared/lifecycle/clock.js';
import type { Logger } from '../../../shared/observability/logger.js';
import { LineSplitter, type Piece } from '../domain/line-splitter.js';
import { formatLogLine, type LogStream, logTime } from '../domain/log-line.js';
import type { LogFile } from './log-file.js';

const REMEMBERED_ERROR_BYTES = 2_048;

/** Copies what a container writes into its log, no faster than the log takes it. */
export class OutputRecorder {
  readonly #log: LogFile;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #streams: readonly Readable[];
  #firstErrorBytes = Buffer.alloc(0);
  #failed = false;
  readonly #done: Promise<unknown>;

  constructor(
    output: { readonly stdout: Readable | null; readonly stderr: Readable | null },
    log: LogFile,
    clock: Clock,
    logger: Logger,
  ) {
    this.#log = log;
    this.#clock = clock;
    this.#logger = logger;
    this.#streams = [output.stdout, output.stderr].filter((stream) => stream !== null);
    this.#done = Promise.all([this.#record('stdout', output.stdout), this.#record('stderr', output.stderr)]);
  }

  /** The beginning of what was written to standard error. */
  get standardError(): string {
    return this.#firstErrorBytes.toString('utf8');
  }

  /**
   * Resolves when all is in the log. Whoever still holds the other end after `withinMs` is not of the container
   * any more, and is no longer listened to.
   */
  async finish(withinMs: number): Promise<void> {
    const late = new AbortController();
    const giveUp = this.#clock.sleep(withinMs, late.signal).then(() => {
      for (const stream of this.#streams) stream.destroy();
    });
    await this.#done;
    late.abort();
    await giveUp;
  }

  async #record(stream: LogStream, output: Readable | null): Promise<void> {
    if (output === null) return;
    const lines = new LineSplitter();
    try {
      for await (const chunk of output as AsyncIterable<Buffer>) {
        if (stream === 'stderr') this.#remember(chunk);
        await this.#write(stream, lines.push(chunk));
      }
    } catch {
      // Destroyed by finish: what was read until then counts.
    }
    await this.#write(stream, lines.end());
  }

  #remember(chunk: Buffer): void {
    const room = REMEMBERED_ERROR_BYTES - this.#firstErrorBytes.length;
    if (room > 0) this.#firstErrorBytes = Buffer.concat([this.#firstErrorBytes, chunk.subarray(0, room)]);
  }

  /** A full disk loses lines; the container must not stand still because of it. */
  async #write(stream: LogStream, pieces: readonly Piece[]): Promise<void> {
    if (pieces.length === 0) return;
    const time = logTime(this.#clock.now());
    try {
      await this.#log.append(pieces.map((piece) => formatLogLine({ time, stream, ...piece })).join(''));
      this.#failed = false;
    } catch (error) {
      if (!this.#failed) {
        this.#logger.warn({ file: this.#log.path, error: messageOf(error) }, 'container output lost');
      }
      this.#failed = true;
    }
  }
}
