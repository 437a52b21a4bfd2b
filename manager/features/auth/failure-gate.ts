import { DomainError } from '../../../shared/domain/domain-error.js';
import {
  afterFailure,
  type FailureCount,
  failuresAt,
  NO_FAILURES,
  type ThrottleRule,
  waitMs,
} from '../../domain/login-throttle.js';

export interface GateOptions {
  readonly rule: ThrottleRule;
  /** Attempts of one key at one time; more wait for their turn. */
  readonly mostAtOnce: number;
  /** Keys that are remembered; of more the one that was quiet for longest is forgotten. */
  readonly mostKeys: number;
}

/** What is known of one key. */
interface Entry {
  count: FailureCount;
  running: number;
  /** Called when an attempt of the key ends. */
  readonly waiting: (() => void)[];
}

/** Attempts of one key that wait for others of it to end. */
const MOST_WAITING = 256;

/**
 * Counts failures by key and makes keys wait. An attempt that runs counts as a failure until it is known to be none:
 * a hundred guesses at once are let through no faster than a hundred in a row. Times are of a monotonic clock.
 */
export class FailureGate {
  readonly #options: GateOptions;
  /** In order of the last use. */
  readonly #entries = new Map<string, Entry>();

  constructor(options: GateOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** `throttled` while the key has to wait. */
  refuseBlocked(key: string, nowMs: number): void {
    const leftMs = waitMs(this.#entries.get(key)?.count ?? NO_FAILURES, nowMs);
    if (leftMs > 0) throw throttled(leftMs);
  }

  /** Resolves when an attempt may be made, which must be told to `leave`; `throttled` when it may not. */
  async enter(key: string, now: () => number): Promise<void> {
    for (;;) {
      this.refuseBlocked(key, now());
      const entry = this.#entryOf(key);
      if (entry.running < this.#roomOf(entry, now())) {
        entry.running++;
        return;
      }
      if (entry.waiting.length >= MOST_WAITING) throw throttled(1_000);
      // Checks of passwords are few at a time and end by themselves, so this does.
      await new Promise<void>((resolve) => entry.waiting.push(resolve));
    }
  }

  /** @param outcome A `right` one clears the key, where `rightClears`; `void` tells nothing, as when the store was away. */
  leave(key: string, outcome: 'right' | 'wrong' | 'void', nowMs: number): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    entry.running--;
    if (outcome === 'wrong') entry.count = afterFailure(entry.count, this.#options.rule, nowMs);
    if (outcome === 'right') entry.count = NO_FAILURES;
    for (const wake of entry.waiting.splice(0)) wake();
    const isIdle = entry.running === 0 && failuresAt(entry.count, this.#options.rule, nowMs) === 0;
    // Who was woken has not looked at the entry yet, and finds or makes one by the key.
    if (isIdle) this.#entries.delete(key);
  }

  #roomOf(entry: Entry, nowMs: number): number {
    const { rule, mostAtOnce } = this.#options;
    const left = Math.floor(rule.failures - failuresAt(entry.count, rule, nowMs));
    return Math.max(1, Math.min(left, mostAtOnce));
  }

  #entryOf(key: string): Entry {
    const entry = this.#entries.get(key) ?? { count: NO_FAILURES, running: 0, waiting: [] };
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    if (this.#entries.size > this.#options.mostKeys) this.#forgetOne();
    return entry;
  }

  /** A key with an attempt on its way stays: its outcome must find it. */
  #forgetOne(): void {
    for (const [key, { running, waiting }] of this.#entries) {
      if (running > 0 || waiting.length > 0) continue;
      this.#entries.delete(key);
      return;
    }
  }
}

function throttled(leftMs: number): DomainError {
  const retryAfterSec = Math.ceil(leftMs / 1_000);
  return new DomainError('throttled', `too many failed sign-ins: try again in ${retryAfterSec} s`, {
    retryAfterSec,
  });
}
