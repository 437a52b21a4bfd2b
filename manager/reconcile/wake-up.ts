import type { ReconcileWakeUp } from '../ports/reconcile-wake-up.js';

/** Merges any number of requests into at most one pending run. */
export class WakeUp implements ReconcileWakeUp {
  #requested = false;
  #notify: () => void = () => {};

  request(): void {
    this.#requested = true;
    this.#notify();
  }

  /** Resolves true when somebody asked since the last time, or false when the signal aborts first. */
  async next(signal: AbortSignal): Promise<boolean> {
    while (!this.#requested && !signal.aborted) {
      await new Promise<void>((resolve) => {
        const done = () => {
          signal.removeEventListener('abort', done);
          this.#notify = () => {};
          resolve();
        };
        this.#notify = done;
        signal.addEventListener('abort', done, { once: true });
      });
    }
    if (signal.aborted) return false;
    this.#requested = false;
    return true;
  }
}
