/**
 * Collapses any number of requests into one pending turn of a loop. What asks carries no news: the loop looks at
 * the state itself. For one waiting loop.
 */
export class WakeUp {
  #requested = false;
  #wake: () => void = () => {};

  request(): void {
    this.#requested = true;
    this.#wake();
  }

  /**
   * Resolves at the next request, at once when there was one since the last turn; also when the signal aborts and,
   * if a limit is given, after so many milliseconds.
   */
  async next(signal: AbortSignal, limitMs = Number.POSITIVE_INFINITY): Promise<void> {
    if (!this.#requested && !signal.aborted) await this.#sleep(signal, limitMs);
    this.#requested = false;
  }

  #sleep(signal: AbortSignal, limitMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = Number.isFinite(limitMs) ? setTimeout(() => this.#wake(), limitMs) : undefined;
      this.#wake = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', this.#wake);
        this.#wake = () => {};
        resolve();
      };
      signal.addEventListener('abort', this.#wake);
    });
  }
}
