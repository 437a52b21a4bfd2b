import type { Clock } from '../../../shared/lifecycle/clock.js';
import type { Strategy } from '../../domain/strategy.js';
import type { StrategyStore } from '../../ports/strategy-store.js';
import { oldestFirst, RememberedCollection } from './remembered-collection.js';

/** Every pass of the control loop asks for all of them: they are in memory. One is asked for to change it, from the store. */
export class RememberedStrategyStore implements StrategyStore {
  readonly #store: StrategyStore;
  readonly #strategies: RememberedCollection<Strategy>;

  constructor(store: StrategyStore, clock: Clock) {
    this.#store = store;
    this.#strategies = new RememberedCollection(store, oldestFirst, clock);
  }

  all(): Promise<readonly Strategy[]> {
    return this.#strategies.all();
  }

  async ownedBy(ownerId: string): Promise<readonly Strategy[]> {
    const all = await this.#strategies.all();
    return all.filter((kept) => kept.ownerId === ownerId);
  }

  get(id: string): Promise<Strategy | undefined> {
    return this.#strategies.fromStore(
      () => this.#store.get(id),
      (all) => all.find((kept) => kept.id === id),
    );
  }

  insert(strategy: Strategy): Promise<void> {
    return this.#strategies.insert(strategy, () => this.#store.insert(strategy));
  }

  replace(strategy: Strategy, expectedRevision: number): Promise<boolean> {
    return this.#strategies.replace(strategy, () => this.#store.replace(strategy, expectedRevision));
  }

  delete(id: string): Promise<boolean> {
    return this.#strategies.delete(id, () => this.#store.delete(id));
  }
}
