import type { Change } from './change.js';
import { ChangeHistory } from './change-history.js';
import { Collection } from './collection.js';

export interface ObjectStoreOptions {
  /**
   * Where revisions start. It must be larger than any that an earlier run gave out: then a client that resumes
   * from such a run is told that its revision is too old, and lists again.
   */
  readonly firstRevision: number;
  /** Changes that each resource remembers for watches and for pages of a list. */
  readonly historyLimit: number;
}

/** All objects of the API server, in memory. One counter gives every change its place in one order. */
export class ObjectStore {
  readonly #options: ObjectStoreOptions;
  readonly #collections = new Map<string, Collection>();
  readonly #listeners = new Set<(resource: string, change: Change) => void>();
  #revision: number;

  constructor(options: ObjectStoreOptions) {
    this.#options = options;
    this.#revision = options.firstRevision;
  }

  get revision(): number {
    return this.#revision;
  }

  /** The objects of one resource, such as `pods`. */
  collection(resource: string): Collection {
    const known = this.#collections.get(resource);
    if (known !== undefined) return known;
    const collection = this.#newCollection();
    this.#collections.set(resource, collection);
    collection.subscribe((change) => {
      for (const listener of this.#listeners) listener(resource, change);
    });
    return collection;
  }

  /** All collections that have been used, by their resource. */
  collections(): Iterable<readonly [resource: string, collection: Collection]> {
    return this.#collections;
  }

  /** The number of all objects. */
  get size(): number {
    return [...this.#collections.values()].reduce((sum, { size }) => sum + size, 0);
  }

  /** Calls back after each change of any resource, within it. */
  subscribe(listener: (resource: string, change: Change) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #newCollection(): Collection {
    const store = this;
    const revisions = {
      get current() {
        return store.#revision;
      },
      next: () => {
        store.#revision += 1;
        return store.#revision;
      },
    };
    return new Collection(
      revisions,
      new ChangeHistory(this.#options.historyLimit, this.#options.firstRevision),
    );
  }
}
