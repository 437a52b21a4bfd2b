import { createHash, randomBytes } from 'node:crypto';
import type { Clock } from '../../../shared/lifecycle/clock.js';

const LIFETIME_MS = 60_000;
/** Only somebody who has just signed in gets one; of more than these the oldest go. */
const MOST_CODES = 1_000;

/** Values that can be had once, within a minute, for a code that was handed out. */
export class OneTimeCodes<Value> {
  readonly #clock: Clock;
  /** By the hash of the code, so that what is compared says nothing about it; oldest first. */
  readonly #values = new Map<string, { readonly value: Value; readonly untilMs: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  keep(value: Value): string {
    const now = this.#clock.monotonicMs();
    for (const [key, { untilMs }] of this.#values) {
      if (untilMs > now && this.#values.size < MOST_CODES) break;
      this.#values.delete(key);
    }
    const code = randomBytes(32).toString('base64url');
    this.#values.set(hashOf(code), { value, untilMs: now + LIFETIME_MS });
    return code;
  }

  /** Undefined when there is no such code, or no more. It is gone then, whatever the caller does with the value. */
  take(code: string): Value | undefined {
    const key = hashOf(code);
    const found = this.#values.get(key);
    this.#values.delete(key);
    return found !== undefined && this.#clock.monotonicMs() < found.untilMs ? found.value : undefined;
  }
}

function hashOf(code: string): string {
  return createHash('sha256').update(code).digest('base64url');
}
