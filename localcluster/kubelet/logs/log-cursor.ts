import type { FileHandle } from 'node:fs/promises';

const CHUNK_BYTES = 64 * 1024;
const LINE_FEED = 10;

/** Reads the lines of one open file from its beginning; can go on after the file has grown. Owns the handle. */
export class LogCursor {
  readonly #handle: FileHandle;
  readonly #chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  #position = 0;
  #rest: Buffer[] = [];

  constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  /** The complete lines up to the present end of the file. An unfinished last line waits for the next call. */
  async *lines(): AsyncGenerator<string, void, void> {
    for (;;) {
      const { bytesRead } = await this.#handle.read(this.#chunk, 0, CHUNK_BYTES, this.#position);
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
