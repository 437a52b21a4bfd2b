import type { Strategy } from '../../domain/strategy.js';
import type { StrategyStore } from '../../ports/strategy-store.js';
import { DocumentCollection } from './document-collection.js';
import { objectIdIfAny } from './document-fields.js';
import type { MongoConnection } from './mongo-connection.js';
import { STRATEGY_DOCUMENT } from './strategy-document.js';

export class MongoStrategyStore implements StrategyStore {
  readonly #strategies: DocumentCollection<Strategy>;

  constructor(connection: MongoConnection) {
    this.#strategies = new DocumentCollection(connection, STRATEGY_DOCUMENT);
  }

  all(): Promise<readonly Strategy[]> {
    return this.#strategies.find();
  }

  async ownedBy(ownerId: string): Promise<readonly Strategy[]> {
    const creatorID = objectIdIfAny(ownerId);
    return creatorID === undefined ? [] : this.#strategies.find({ creatorID });
  }

  get(id: string): Promise<Strategy | undefined> {
    return this.#strategies.get(id);
  }

  insert(strategy: Strategy): Promise<void> {
    return this.#strategies.insert(strategy);
  }

  replace(strategy: Strategy, expectedRevision: number): Promise<boolean> {
    return this.#strategies.replace(strategy, expectedRevision);
  }

  delete(id: string): Promise<boolean> {
    return this.#strategies.deleteOne(id);
  }
}
