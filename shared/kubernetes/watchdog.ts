/** Aborts its signal when it is not fed for a time. */
export class Watchdog {
  readonly #abort = new AbortController();
  readonly #timer: NodeJS.Timeout;

  constructor(idleMs: number) {
    this.#timer = setTimeout(() => this.#abort.abort(), idleMs);
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  feed(): void {
    this.#timer.refresh();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}

/** Hands a stream through and tells about every chunk. */
export async function* feeding(
  stream: AsyncIterable<Uint8Array>,
  onChunk: () => void,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of stream) {
    onChunk();
    yield chunk;
  }
}
