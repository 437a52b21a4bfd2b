import { setImmediate as nextTurn } from 'node:timers/promises';
import { DomainError, messageOf } from '../../../shared/domain/domain-error.js';
import type { SetVersion } from '../../../shared/domain/intent.js';
import { EMPTY_ROOT } from '../../../shared/domain/merkle.js';
import type { Clock } from '../../../shared/lifecycle/clock.js';
import type { Component } from '../../../shared/lifecycle/component.js';
import { OneByOne } from '../../../shared/lifecycle/one-by-one.js';
import type { Logger } from '../../../shared/observability/logger.js';
import type { KnownIntentSet } from '../../domain/intent-set.js';
import { adjustmentsOf } from '../../domain/legacy-items.js';
import {
  emptySet,
  isLegacy,
  judgePostedSet,
  type PostedSet,
  restoreStoredSet,
  setToHold,
  versionOf,
  withoutPod,
} from '../../domain/set-acceptance.js';
import type { IntentSetStore } from '../../ports/intent-set-store.js';
import type { IntentSets } from '../../ports/intent-sets.js';
import type { ManagerContact } from '../../ports/manager-contact.js';

export interface IntentKeeperOptions {
  readonly nodeName: string;
  readonly maxIntents: number;
  /** Whether sets without a version are taken. */
  readonly acceptsLegacy: boolean;
  readonly store: IntentSetStore;
  readonly contact: ManagerContact;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** A set, and what is in force in its place while managers have been silent for too long. */
interface Held {
  readonly set: KnownIntentSet;
  readonly emptied: KnownIntentSet;
}

/**
 * Holds the one set of this node. A change is judged, written to disk and only then in force, one after the other,
 * so that whatever was acknowledged is what a restart finds.
 */
export class IntentKeeper implements IntentSets, Component {
  readonly name = 'intent set';
  readonly #options: IntentKeeperOptions;
  readonly #changes = new OneByOne('the set');
  #held: Held | undefined;
  #legacySets = 0;

  constructor(options: IntentKeeperOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    const { store, nodeName, logger } = this.#options;
    try {
      const stored = await store.load();
      if (stored !== undefined) this.#hold(restoreStoredSet(stored, nodeName));
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      const movedTo = await store.setAside();
      logger.error(
        { reason: messageOf(error), movedTo },
        'the last set on disk cannot be used: waiting for a manager to send one',
      );
      return;
    }
    if (this.#held === undefined) logger.info({}, 'no set is known yet: waiting for a manager to send one');
    else logger.info(setFields(this.#held.set), 'the last set was read from disk');
  }

  /** Finishes what is being written. */
  async stop(): Promise<void> {
    await this.#changes.settled();
  }

  /** The set in force: an empty one while managers have been silent for too long. */
  current(): KnownIntentSet | undefined {
    return this.#options.contact.isLost() ? this.#held?.emptied : this.#held?.set;
  }

  /** The set held, whether or not it is in force. */
  held(): KnownIntentSet | undefined {
    return this.#held?.set;
  }

  /** How many sets without a version were taken since the start. */
  legacySets(): number {
    return this.#legacySets;
  }

  /** The public root and the version held; null while no set is known. */
  summary(): { readonly rootHash: string; readonly set: SetVersion | null } {
    const set = this.#held?.set;
    return set === undefined
      ? { rootHash: EMPTY_ROOT, set: null }
      : { rootHash: set.merkleRoot, set: versionOf(set) };
  }

  /**
   * Takes a whole set in place of the one held, in steps between which others are answered. Resolves with its
   * version, or with nothing for a set without one; rejects as judgePostedSet throws.
   */
  async replace(posted: PostedSet): Promise<SetVersion | undefined> {
    const { nodeName, maxIntents, acceptsLegacy, clock } = this.#options;
    return this.#changes.run(async () => {
      const context = {
        nodeName,
        maxIntents,
        acceptsLegacy,
        current: this.#held?.set,
        nowMs: clock.now(),
      };
      const judged = judgePostedSet(posted, context);
      await nextTurn();
      const accepted = judged && setToHold(judged, context.current);
      await nextTurn();
      if (accepted !== undefined) await this.#keep(accepted);
      if (!isLegacy(posted)) return versionOf(this.#known());
      this.#noteLegacy(this.#known(), accepted !== undefined);
      return undefined;
    });
  }

  /** From now on the set is known and empty. */
  async removeAll(): Promise<void> {
    await this.#changes.run(async () => {
      const { nodeName, clock } = this.#options;
      await this.#keep(emptySet(this.#held?.set, nodeName, clock.now()));
    });
  }

  /** Removes every intent of a pod, of whichever strategy. One that has none is fine. */
  async removePod(podUid: string): Promise<void> {
    await this.#changes.run(async () => {
      const smaller = this.#held && withoutPod(this.#held.set, podUid, this.#options.clock.now());
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
    this.#hold(set);
    this.#options.logger.info(setFields(set), 'a set was written to disk and is in force');
  }

  #hold(set: KnownIntentSet): void {
    this.#held = { set, emptied: emptySet(set, set.nodeName, set.acceptedAtMs) };
  }

  #known(): KnownIntentSet {
    if (this.#held === undefined) throw new Error('a set can only be the one held when one is held');
    return this.#held.set;
  }

  #noteLegacy(set: KnownIntentSet, isNew: boolean): void {
    this.#legacySets++;
    if (!isNew) return;
    this.#options.logger.warn(
      { intents: set.intents.length, adjusted: adjustmentsOf(set) },
      'a set without a version was taken from a first-generation manager',
    );
  }
}

function setFields(set: KnownIntentSet) {
  return { ...versionOf(set), intents: set.intents.length };
}
