import { DomainError, messageOf } from '../../shared/domain/domain-error.js';
import type { Component } from '../../shared/lifecycle/component.js';
import { OneByOne } from '../../shared/lifecycle/one-by-one.js';
import type { Logger } from '../../shared/observability/logger.js';
import type { EpochStore } from '../ports/epoch-store.js';

/** As many deliveries may end at the same time. */
const MOST_WAITING = 10_000;

/** As many managers would have to start within one round trip to the store. */
const MOST_TRIES = 100;

/**
 * This manager's epoch: raised above every earlier manager's at start, by compare-and-set, so that agents can
 * tell an old manager's late push from a new one's (DESIGN 9).
 */
export class EpochKeeper implements Component {
  readonly name = 'epoch';
  readonly #store: EpochStore;
  readonly #logger: Logger;
  readonly #turns = new OneByOne('the epoch', MOST_WAITING);
  #epoch = 0;
  #owned = false;
  /** One question to the store for all that ask at the same time. */
  #confirming: Promise<boolean> | undefined;

  constructor(store: EpochStore, logger: Logger) {
    this.#store = store;
    this.#logger = logger;
  }

  get epoch(): number {
    return this.#epoch;
  }

  /** False once another manager has raised the stored epoch: this one must not send any more. */
  get owned(): boolean {
    return this.#owned;
  }

  async start(): Promise<void> {
    for (let attempt = 0; attempt < MOST_TRIES; attempt++) {
      const current = await this.#store.current();
      if (await this.#store.compareAndSet(current, current + 1)) {
        this.#epoch = current + 1;
        this.#owned = true;
        this.#logger.info({ epoch: this.#epoch }, 'epoch claimed');
        return;
      }
    }
    throw new DomainError('unavailable', `the epoch could not be claimed in ${MOST_TRIES} tries`);
  }

  async stop(): Promise<void> {}

  /**
   * An agent holds a newer epoch than ours. Whoever still owns the stored epoch raises it above the agent's (the
   * store was set back, or replaced); whoever does not has a successor and stops sending.
   */
  outrank(agentEpoch: number): Promise<void> {
    // One after the other: of agents that answer at the same time the first raises the epoch for all.
    return this.#turns.run(() => this.#outrank(agentEpoch));
  }

  /**
   * Whether this manager may still send, as the store has it now: for what no agent can refuse when it is late. While
   * the store cannot be asked, what was last known holds.
   */
  confirm(): Promise<boolean> {
    this.#confirming ??= this.#turns
      .run(() => this.#compare())
      .finally(() => {
        this.#confirming = undefined;
      });
    return this.#confirming;
  }

  async #compare(): Promise<boolean> {
    if (!this.#owned) return false;
    try {
      const stored = await this.#store.current();
      if (stored > this.#epoch) this.#yield({ storedEpoch: stored });
    } catch (error) {
      this.#logger.warn({ reason: messageOf(error) }, 'the stored epoch could not be read, ours is believed');
    }
    return this.#owned;
  }

  async #outrank(agentEpoch: number): Promise<void> {
    if (agentEpoch < this.#epoch) return;
    const next = agentEpoch + 1;
    const previous = this.#epoch;
    if (this.#owned && (await this.#store.compareAndSet(previous, next))) {
      this.#epoch = next;
      this.#logger.warn(
        { previous, agentEpoch, epoch: next },
        'an agent held a newer epoch, ours was raised',
      );
      return;
    }
    this.#yield({ agentEpoch });
  }

  #yield(newer: { readonly agentEpoch?: number; readonly storedEpoch?: number }): void {
    this.#owned = false;
    this.#logger.error({ epoch: this.#epoch, ...newer }, 'another manager owns the store, sending stopped');
  }
}
