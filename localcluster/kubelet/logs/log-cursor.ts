import { type FileHandle, open } from 'node:fs/promises';

const CHUNK_BYTES = 64 * 1024;
const LINE_FEED = 10;

/** Reads the lines of one file, and goes on where it stopped when the file has grown. */
export class LogCursor {
  readonly #handle: FileHandle;
  /** The length of the file when it was opened. */
  readonly sizeAtOpen: number;
  readonly #chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  #position = 0;
  #rest: Buffer[] = [];

  private constructor(handle: FileHandle, sizeAtOpen: number) {
    this.#handle = handle;
    this.sizeAtOpen = sizeAtOpen;
  }

  static async open(file: string): Promise<LogCursor> {
    const handle = await open(file, 'r');
    return new LogCursor(handle, (await handle.stat()).size);
  }

  rewind(): void {
    this.#position = 0;
    this.#rest = [];
  }

  /**
   * The complete lines up to a position, by default the present end of the file. An unfinished last line waits
   * for the next call.
   */
  async *lines(end = Number.POSITIVE_INFINITY): AsyncGenerator<string, void, void> {
    while (this.#position < end) {
      const length = Math.min(CHUNK_BYTES, end - this.#position);
      const { bytesRead } = await this.#handle.read(this.#chunk, 0, length, this.#position);
      if (bytesRead === 0) return;
      this.#position += bytesRead;
      yield* this.#split(this.#chunk.subarray(0, bytesRead));
    }
  }

  close(): Promise<void> {
    return this.#handle.close();
  }

  *#split(chunk: Buffer): Generator<string, void, void> {
    let start = 0;
    for (let end = chunk.indexOf(LINE_FEED); end !== -1; end = chunk.indexOf(LINE_FEED, start)) {
      const line = Buffer.concat([...this.#rest, chunk.subarray(start, end)]);
      this.#rest = [];
      start = end + 1;
      yield line.toString('utf8');
    }
    if (start < chunk.length) this.#rest.push(Buffer.from(chunk.subarray(start)));
  }
}
