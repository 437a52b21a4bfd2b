import { DomainError, messageOf } from '../../shared/domain/domain-error.js';
import { systemClock } from '../../shared/lifecycle/clock.js';

export interface WaitOptions {
  /** What is waited for, for the message when it does not come. */
  readonly what: string;
  readonly limitMs: number;
  readonly signal: AbortSignal;
}

const POLL_MS = 50;

/**
 * Asks again and again until the probe gives a value. A probe that throws or gives undefined is asked again;
 * after the limit the last reason is in the error.
 */
export async function waitUntil<Value>(
  probe: () => Promise<Value | undefined>,
  { what, limitMs, signal }: WaitOptions,
): Promise<Value> {
  const endMs = systemClock.monotonicMs() + limitMs;
  let reason = 'it is not there';
  while (!signal.aborted && systemClock.monotonicMs() < endMs) {
    try {
      const value = await probe();
      if (value !== undefined) return value;
    } catch (error) {
      reason = messageOf(error);
    }
    await systemClock.sleep(POLL_MS, signal);
  }
  if (signal.aborted) throw new DomainError('unavailable', `the start was ended while waiting for ${what}`);
  throw new DomainError('unavailable', `${what} did not come within ${limitMs} ms: ${reason}`);
}
