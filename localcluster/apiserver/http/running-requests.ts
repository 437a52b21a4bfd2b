import type { ServerResponse } from 'node:http';

/** The requests that are being answered, so that those which never end by themselves end when the server stops. */
export class RunningRequests {
  readonly #running = new Set<AbortController>();
  #stopping = false;

  /** A signal that aborts when the client goes away or the server stops. */
  begin(response: ServerResponse): AbortSignal {
    const end = new AbortController();
    this.#running.add(end);
    response.once('close', () => {
      this.#running.delete(end);
      end.abort();
    });
    if (this.#stopping) end.abort();
    return end.signal;
  }

  stop(): void {
    this.#stopping = true;
    for (const end of this.#running) end.abort();
  }
}
