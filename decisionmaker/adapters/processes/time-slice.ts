import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from '../../../shared/lifecycle/clock.js';

/** Longest work in one go. */
const SLICE_MS = 8;

/** Cuts a long piece of synchronous work into slices, so that requests are answered in between. */
export class TimeSlice {
  readonly #clock: Clock;
  #endsAtMs: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#endsAtMs = clock.monotonicMs() + SLICE_MS;
  }

  /** For the loop to ask before it awaits, since an await in each small step would cost more than the step. */
  isUsedUp(): boolean {
    return this.#clock.monotonicMs() >= this.#endsAtMs;
  }

  /** Lets the event loop turn once. */
  async next(): Promise<void> {
    await nextTurn();
    this.#endsAtMs = this.#clock.monotonicMs() + SLICE_MS;
  }
}
