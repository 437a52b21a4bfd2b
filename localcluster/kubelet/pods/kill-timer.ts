/** Calls something once when the time is over. The time can be made shorter, never longer. */
export class KillTimer {
  readonly #onTime: () => void;
  #dueAtMs = Number.POSITIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;

  constructor(onTime: () => void) {
    this.#onTime = onTime;
  }

  within(ms: number): void {
    const dueAtMs = performance.now() + ms;
    if (dueAtMs >= this.#dueAtMs) return;
    this.#dueAtMs = dueAtMs;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.#onTime, ms);
  }

  clear(): void {
    clearTimeout(this.#timer);
  }
}
