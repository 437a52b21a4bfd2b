import type { Clock } from '../../../shared/lifecycle/clock.js';
import type { NodePolicy } from '../../domain/node-policy.js';
import type { NodePolicyStore } from '../../ports/node-policy-store.js';
import { oldestFirst, RememberedCollection } from './remembered-collection.js';

/** Every pass of the control loop asks for all of them: they are in memory. One is asked for to change it, from the store. */
export class RememberedNodePolicyStore implements NodePolicyStore {
  readonly #store: NodePolicyStore;
  readonly #policies: RememberedCollection<NodePolicy>;

  constructor(store: NodePolicyStore, clock: Clock) {
    this.#store = store;
    this.#policies = new RememberedCollection(store, oldestFirst, clock);
  }

  all(): Promise<readonly NodePolicy[]> {
    return this.#policies.all();
  }

  async ownedBy(ownerId: string): Promise<readonly NodePolicy[]> {
    const all = await this.#policies.all();
    return all.filter((kept) => kept.ownerId === ownerId);
  }

  get(id: string): Promise<NodePolicy | undefined> {
    return this.#policies.fromStore(
      () => this.#store.get(id),
      (all) => all.find((kept) => kept.id === id),
    );
  }

  insert(nodePolicy: NodePolicy): Promise<void> {
    return this.#policies.insert(nodePolicy, () => this.#store.insert(nodePolicy));
  }

  replace(nodePolicy: NodePolicy, expectedRevision: number): Promise<boolean> {
    return this.#policies.replace(nodePolicy, () => this.#store.replace(nodePolicy, expectedRevision));
  }

  delete(id: string): Promise<boolean> {
    return this.#policies.delete(id, () => this.#store.delete(id));
  }
}
