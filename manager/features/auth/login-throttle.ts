import type { Clock } from '../../../shared/lifecycle/clock.js';
import { networkOf } from '../../domain/network.js';
import { FailureGate } from './failure-gate.js';

export interface LoginThrottleSettings {
  readonly enabled: boolean;
  readonly failuresPerAccount: number;
  readonly failuresPerNetwork: number;
  readonly failuresInAll: number;
  readonly windowMs: number;
  readonly longestDelayMs: number;
}

/** One attempt to sign in. */
export interface Attempt {
  readonly username: string;
  readonly address: string | undefined;
}

const FIRST_DELAY_MS = 10_000;
/** Of all together: this is a brake, not a lock. */
const GLOBAL_DELAY_MS = 1_000;
/** So that one network cannot fill the queue of passwords to check. */
const NETWORK_AT_ONCE = 16;

/**
 * Far more keys than the limits of networks and of all together let through in the time that one is remembered: who
 * wants to be forgotten by filling the map is held up first.
 */
const MOST_KEYS = 50_000;
const MOST_KNOWN = 10_000;
const EVERYBODY = 'everybody';
const LONGEST_NAME = 256;

/**
 * Slows down guessing without locking anybody out (docs/adr/0017): failures are counted for a name from a network, for
 * a network, and for all. Names that nobody has are counted like others.
 */
export class LoginThrottle {
  readonly #settings: LoginThrottleSettings;
  readonly #clock: Clock;
  readonly #accounts: FailureGate;
  readonly #networks: FailureGate;
  readonly #everybody: FailureGate;
  /** Names and networks that belong together: a sign-in succeeded. The oldest first. */
  readonly #known = new Set<string>();

  constructor(settings: LoginThrottleSettings, clock: Clock) {
    this.#settings = settings;
    this.#clock = clock;
    const { windowMs, longestDelayMs, failuresPerAccount, failuresPerNetwork, failuresInAll } = settings;
    const rule = (failures: number) => ({ failures, windowMs, firstDelayMs: FIRST_DELAY_MS, longestDelayMs });
    this.#accounts = new FailureGate({
      rule: rule(failuresPerAccount),
      mostAtOnce: failuresPerAccount,
      mostKeys: MOST_KEYS,
    });
    this.#networks = new FailureGate({
      rule: rule(failuresPerNetwork),
      mostAtOnce: NETWORK_AT_ONCE,
      mostKeys: MOST_KEYS,
    });
    this.#everybody = new FailureGate({
      rule: {
        failures: failuresInAll,
        windowMs,
        firstDelayMs: GLOBAL_DELAY_MS,
        longestDelayMs: GLOBAL_DELAY_MS,
      },
      mostAtOnce: Number.POSITIVE_INFINITY,
      mostKeys: 1,
    });
  }

  /**
   * Runs the check of a password and counts its outcome. Rejects with `throttled` instead when the attempt has to
   * wait; what the check rejects with counts neither way.
   */
  async guard(attempt: Attempt, isRight: () => Promise<boolean>): Promise<boolean> {
    if (!this.#settings.enabled) return isRight();
    const network = networkOf(attempt.address);
    const account = accountKey(attempt.username, network);
    this.#networks.refuseBlocked(network, this.#now());
    const isStranger = !this.#known.has(account);
    if (isStranger) this.#everybody.refuseBlocked(EVERYBODY, this.#now());
    const right = await this.#in(this.#accounts, account, true, () =>
      this.#in(this.#networks, network, false, () =>
        isStranger ? this.#in(this.#everybody, EVERYBODY, false, isRight) : isRight(),
      ),
    );
    if (right) this.#remember(account);
    return right;
  }

  /** @param rightClears Whether success proves the key's owner; a network's failures stay, or its attacker's own account would clear them. */
  async #in(
    gate: FailureGate,
    key: string,
    rightClears: boolean,
    attempt: () => Promise<boolean>,
  ): Promise<boolean> {
    const now = () => this.#now();
    await gate.enter(key, now);
    let outcome: 'right' | 'wrong' | 'void' = 'void';
    try {
      const right = await attempt();
      if (!right) outcome = 'wrong';
      else if (rightClears) outcome = 'right';
      return right;
    } finally {
      gate.leave(key, outcome, now());
    }
  }

  #remember(account: string): void {
    this.#known.delete(account);
    this.#known.add(account);
    for (const oldest of this.#known) {
      if (this.#known.size <= MOST_KNOWN) return;
      this.#known.delete(oldest);
    }
  }

  #now(): number {
    return this.#clock.monotonicMs();
  }
}

function accountKey(username: string, network: string): string {
  return `${network} ${username.normalize('NFKC').toLowerCase().slice(0, LONGEST_NAME)}`;
}
