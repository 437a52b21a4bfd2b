import { messageOf } from '../../../shared/domain/domain-error.js';
import type { Clock } from '../../../shared/lifecycle/clock.js';
import type { Component } from '../../../shared/lifecycle/component.js';
import type { Logger } from '../../../shared/observability/logger.js';
import type { ManagerContact, ManagerWordStore } from '../../ports/manager-contact.js';

export interface ManagerSilenceOptions {
  /** Longest silence after which boosts still count; 0 = any. */
  readonly maxAgeMs: number;
  readonly store: ManagerWordStore;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** The part of the longest silence that a saved word may be behind the last one. */
const SAVED_EVERY = 1 / 10;

/**
 * Knows how long managers have been silent, across restarts. A word is saved now and then, not each time, so after
 * a kill the silence counts from a little later than the saved word: boosts never end early for a restart, and
 * however often the agent restarts they end.
 */
export class ManagerSilence implements ManagerContact, Component {
  readonly name = 'silence of managers';
  readonly #options: ManagerSilenceOptions;
  #heardAtMs: number;
  #savedAtMs = Number.NEGATIVE_INFINITY;
  #saving: Promise<void> = Promise.resolve();
  #isLost = false;
  #losses = 0;

  constructor(options: ManagerSilenceOptions) {
    this.#options = options;
    this.#heardAtMs = options.clock.monotonicMs();
  }

  async start(): Promise<void> {
    const { maxAgeMs, store, clock } = this.#options;
    this.#heardAtMs = clock.monotonicMs();
    if (maxAgeMs === 0) return;
    const wordAtMs = await store.load();
    if (wordAtMs === undefined) {
      await this.#save();
      return;
    }
    const silentForMs = clock.now() - wordAtMs - maxAgeMs * SAVED_EVERY;
    this.#heardAtMs -= Math.max(0, silentForMs);
    this.#savedAtMs = clock.monotonicMs() - maxAgeMs;
    this.check();
  }

  async stop(): Promise<void> {
    await this.#saving;
  }

  isLost(): boolean {
    return this.#isLost;
  }

  heard(): void {
    const { maxAgeMs, clock, logger } = this.#options;
    this.#heardAtMs = clock.monotonicMs();
    if (maxAgeMs === 0) return;
    if (this.#isLost) logger.info({}, 'a manager is heard again: its boosts count again');
    this.#isLost = false;
    if (this.#heardAtMs - this.#savedAtMs < maxAgeMs * SAVED_EVERY) return;
    this.#saving = this.#saving.then(() => this.#save());
    this.#savedAtMs = this.#heardAtMs;
  }

  /** Looks at the clock; to be called now and then. */
  check(): void {
    const { maxAgeMs, logger } = this.#options;
    if (maxAgeMs === 0 || this.#isLost || this.silentForMs() <= maxAgeMs) return;
    this.#isLost = true;
    this.#losses++;
    logger.warn(
      { silentForSec: Math.round(this.silentForMs() / 1_000), maxAgeSec: maxAgeMs / 1_000 },
      'no word from any manager for longer than state.max_age_sec: every boost is dropped until one is heard',
    );
  }

  silentForMs(): number {
    return this.#options.clock.monotonicMs() - this.#heardAtMs;
  }

  /** How often boosts were dropped since the start. */
  losses(): number {
    return this.#losses;
  }

  async #save(): Promise<void> {
    const { store, clock, logger } = this.#options;
    this.#savedAtMs = clock.monotonicMs();
    try {
      await store.save(clock.now());
    } catch (error) {
      logger.warn({ reason: messageOf(error) }, 'the time of the last word of a manager cannot be saved');
    }
  }
}
