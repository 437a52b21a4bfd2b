import type { Clock } from '../../../shared/lifecycle/clock.js';
import type { Exclusion } from '../../domain/exclusion.js';
import type { ExclusionStore } from '../../ports/exclusion-store.js';
import { oldestFirst, RememberedCollection } from './remembered-collection.js';

/** Every pass of the control loop asks for all of them: they are in memory. A change is rare, and has them read again. */
export class RememberedExclusionStore implements ExclusionStore {
  readonly #store: ExclusionStore;
  readonly #exclusions: RememberedCollection<Exclusion>;

  constructor(store: ExclusionStore, clock: Clock) {
    this.#store = store;
    this.#exclusions = new RememberedCollection(store, oldestFirst, clock);
  }

  all(): Promise<readonly Exclusion[]> {
    return this.#exclusions.all();
  }

  add(exclusions: readonly Exclusion[]): Promise<void> {
    return this.#store.add(exclusions).finally(() => this.#exclusions.doubt());
  }

  remove(ids: readonly string[]): Promise<number> {
    return this.#store.remove(ids).finally(() => this.#exclusions.doubt());
  }

  removeOfSource(sourceId: string): Promise<number> {
    return this.#store.removeOfSource(sourceId).finally(() => this.#exclusions.doubt());
  }

  handOver(sourceId: string, ownerId: string): Promise<number> {
    return this.#store.handOver(sourceId, ownerId).finally(() => this.#exclusions.doubt());
  }
}
