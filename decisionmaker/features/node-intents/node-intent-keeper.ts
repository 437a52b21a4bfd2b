import { DomainError, messageOf } from '../../../shared/domain/domain-error.js';
import type { Component } from '../../../shared/lifecycle/component.js';
import { OneByOne } from '../../../shared/lifecycle/one-by-one.js';
import type { Logger } from '../../../shared/observability/logger.js';
import { type KnownNodeIntents, NO_NODE_INTENTS, type StoredNodeIntents } from '../../domain/node-intent.js';
import {
  acceptPolicies,
  knownNodeIntents,
  type NodeIntentContext,
  type PostedPolicy,
  restoreNodeIntents,
  withoutPolicy,
} from '../../domain/node-intent-acceptance.js';
import type { NodeIntents } from '../../ports/intent-sets.js';
import type { ManagerContact } from '../../ports/manager-contact.js';
import type { NodeIntentStore } from '../../ports/node-intent-store.js';

export interface NodeIntentKeeperOptions extends NodeIntentContext {
  readonly store: NodeIntentStore;
  readonly contact: ManagerContact;
  readonly logger: Logger;
}

const NOTHING: StoredNodeIntents = { intents: [] };

/** Holds the node intents of this node: judged, written to disk, and only then in force, one change at a time. */
export class NodeIntentKeeper implements NodeIntents, Component {
  readonly name = 'node intents';
  readonly #options: NodeIntentKeeperOptions;
  readonly #changes = new OneByOne('the node intents');
  #stored = NOTHING;
  #known: KnownNodeIntents = NO_NODE_INTENTS;

  constructor(options: NodeIntentKeeperOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    const { store, logger } = this.#options;
    try {
      const stored = await store.load();
      if (stored === undefined) return;
      this.#hold(restoreNodeIntents(stored));
      logger.info({ nodeIntents: stored.intents.length }, 'the last node intents were read from disk');
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      const movedTo = await store.setAside();
      logger.error(
        { reason: messageOf(error), movedTo },
        'the last node intents on disk cannot be used: waiting for a manager to send some',
      );
    }
  }

  /** Finishes what is being written. */
  async stop(): Promise<void> {
    await this.#changes.settled();
  }

  /** The node intents in force: none while managers have been silent for too long. */
  nodeIntents(): KnownNodeIntents {
    return this.#options.contact.isLost() ? NO_NODE_INTENTS : this.#known;
  }

  /** The public root of the node intents held. */
  rootHash(): string {
    return this.#known.merkleRoot;
  }

  /** Takes node intents in place of all that are held. Rejects as acceptPolicies does. */
  async replace(policies: readonly PostedPolicy[]): Promise<void> {
    await this.#changes.run(() => this.#keep(acceptPolicies(policies, this.#options)));
  }

  async removeAll(): Promise<void> {
    await this.#changes.run(() => this.#keep(NOTHING));
  }

  /** Removes the intents of a policy. One that has none is fine. */
  async removePolicy(policyID: string): Promise<void> {
    await this.#changes.run(() => this.#keep(withoutPolicy(this.#stored, policyID)));
  }

  async #keep(stored: StoredNodeIntents): Promise<void> {
    if (this.#known !== NO_NODE_INTENTS && sameIntents(stored, this.#stored)) return;
    try {
      await this.#options.store.save(stored);
    } catch (error) {
      const text = `the node intents cannot be written to disk, so nothing has changed: ${messageOf(error)}`;
      throw new DomainError('unavailable', text, { cause: error });
    }
    this.#hold(stored);
    this.#options.logger.info(
      { nodeIntents: stored.intents.length },
      'node intents were written to disk and are in force',
    );
  }

  #hold(stored: StoredNodeIntents): void {
    this.#stored = stored;
    this.#known = knownNodeIntents(stored);
  }
}

function sameIntents(a: StoredNodeIntents, b: StoredNodeIntents): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
