import { DomainError, messageOf } from '../../../shared/domain/domain-error.js';
import type { SetVersion } from '../../../shared/domain/intent.js';
import { EMPTY_ROOT } from '../../../shared/domain/merkle.js';
import type { Clock } from '../../../shared/lifecycle/clock.js';
import type { Component } from '../../../shared/lifecycle/component.js';
import type { Logger } from '../../../shared/observability/logger.js';
import type { KnownIntentSet } from '../../domain/intent-set.js';
import {
  acceptPostedSet,
  emptySet,
  type PostedSet,
  restoreStoredSet,
  versionOf,
  withoutPod,
} from '../../domain/set-acceptance.js';
import type { IntentSetStore } from '../../ports/intent-set-store.js';
import type { IntentSets } from '../../ports/intent-sets.js';

export interface IntentKeeperOptions {
  readonly nodeName: string;
  readonly maxIntents: number;
  readonly store: IntentSetStore;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** A manager sends one set after the other, so a longer queue is a fault, not a burst. */
const MAX_WAITING = 8;

/**
 * Holds the one set of this node. A change is judged, written to disk and only then in force, one after the other,
 * so that whatever was acknowledged is what a restart finds.
 */
export class IntentKeeper implements IntentSets, Component {
  readonly name = 'intent set';
  readonly #options: IntentKeeperOptions;
  #current: KnownIntentSet | undefined;
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  constructor(options: IntentKeeperOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    const { store, nodeName, logger } = this.#options;
    try {
      const stored = await store.load();
      this.#current = stored === undefined ? undefined : restoreStoredSet(stored, nodeName);
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      const movedTo = await store.setAside();
      logger.error(
        { reason: messageOf(error), movedTo },
        'the last set on disk cannot be used: waiting for a manager to send one',
      );
      return;
    }
    if (this.#current === undefined)
      logger.info({}, 'no set is known yet: waiting for a manager to send one');
    else logger.info(setFields(this.#current), 'the last set was read from disk');
  }

  /** Finishes what is being written. */
  async stop(): Promise<void> {
    await this.#last;
  }

  current(): KnownIntentSet | undefined {
    return this.#current;
  }

  /** The public root and the version held; null while no set is known. */
  summary(): { readonly rootHash: string; readonly set: SetVersion | null } {
    const set = this.#current;
    return set === undefined
      ? { rootHash: EMPTY_ROOT, set: null }
      : { rootHash: set.merkleRoot, set: versionOf(set) };
  }

  /** Takes a whole set in place of the one held. Resolves with its version; rejects as acceptPostedSet does. */
  async replace(posted: PostedSet): Promise<SetVersion> {
    const { nodeName, maxIntents, clock } = this.#options;
    return this.#oneByOne(async () => {
      const context = { nodeName, maxIntents, current: this.#current, nowMs: clock.now() };
      const accepted = acceptPostedSet(posted, context);
      if (accepted !== undefined) await this.#keep(accepted);
      return versionOf(accepted ?? this.#held());
    });
  }

  /** From now on the set is known and empty. */
  async removeAll(): Promise<void> {
    await this.#oneByOne(async () => {
      const { nodeName, clock } = this.#options;
      await this.#keep(emptySet(this.#current, nodeName, clock.now()));
    });
  }

  /** Removes every intent of a pod, of whichever strategy. One that has none is fine. */
  async removePod(podUid: string): Promise<void> {
    await this.#oneByOne(async () => {
      const smaller = this.#current && withoutPod(this.#current, podUid, this.#options.clock.now());
      if (smaller !== undefined) await this.#keep(smaller);
    });
  }

  async #keep(set: KnownIntentSet): Promise<void> {
    try {
      await this.#options.store.save(set);
    } catch (error) {
      const text = `the set cannot be written to disk, so nothing has changed: ${messageOf(error)}`;
      throw new DomainError('unavailable', text, { cause: error });
    }
    this.#current = set;
    this.#options.logger.info(setFields(set), 'a set was written to disk and is in force');
  }

  #held(): KnownIntentSet {
    if (this.#current === undefined) throw new Error('a set can only be the one held when one is held');
    return this.#current;
  }

  async #oneByOne<Result>(change: () => Promise<Result>): Promise<Result> {
    if (this.#waiting >= MAX_WAITING) {
      throw new DomainError(
        'throttled',
        `${MAX_WAITING} changes of the set are waiting: send it again later`,
      );
    }
    this.#waiting++;
    const run = this.#last.then(change);
    this.#last = run.catch(() => {}).finally(() => this.#waiting--);
    return run;
  }
}

function setFields(set: KnownIntentSet) {
  return { ...versionOf(set), intents: set.intents.length };
}
