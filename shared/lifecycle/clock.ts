import { setTimeout as sleepFor } from 'node:timers/promises';

/** Time as the product sees it: asked for, never read from the globals, so that tests can move it. */
export interface Clock {
  /** Unix milliseconds. */
  now(): number;
  /** Milliseconds from an arbitrary start, never going back. For durations. */
  monotonicMs(): number;
  /** Resolves after `ms`, or at once (without an error) when the signal aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonicMs: () => performance.now(),
  sleep: async (ms, signal) => {
    if (signal?.aborted) return;
    try {
      await sleepFor(ms, undefined, signal === undefined ? {} : { signal });
    } catch {
      // The only rejection is the abort that the caller asked to be quiet about.
    }
  },
};
