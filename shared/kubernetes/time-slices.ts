import { setImmediate as nextTurn } from 'node:timers/promises';

/** Lets the event loop breathe: `yieldIfDue` gives way whenever `sliceMs` of work have passed since it last did. */
export class TimeSlices {
  readonly #sliceMs: number;
  #startedAtMs = performance.now();

  constructor(sliceMs: number) {
    this.#sliceMs = sliceMs;
  }

  /** Undefined, without a promise, while the slice lasts: a loop of many small steps stays cheap. */
  yieldIfDue(): Promise<void> | undefined {
    if (performance.now() - this.#startedAtMs < this.#sliceMs) return undefined;
    return nextTurn().then(() => {
      this.#startedAtMs = performance.now();
    });
  }
}
