import type { KubernetesObject } from '../objects/kubernetes-object.js';
import { Change } from './change.js';
import type { ChangeHistory } from './change-history.js';
import { SortedKeys } from './sorted-keys.js';
import { StoredObject } from './stored-object.js';

/** The objects of one resource as they were at one revision. */
export interface Snapshot {
  readonly revision: number;
  get(key: string): StoredObject | undefined;
  /** Keys in order, with a prefix, after another key when one is given. */
  keys(prefix: string, after?: string): readonly string[];
}

/** Gives the numbers that order all changes of all resources. */
export interface RevisionCounter {
  readonly current: number;
  next(): number;
}

/** The objects of one resource, their history and who wants to hear of changes. */
export class Collection {
  readonly history: ChangeHistory;
  readonly #revisions: RevisionCounter;
  readonly #objects = new Map<string, StoredObject>();
  readonly #keys = new SortedKeys();
  readonly #listeners = new Set<(change: Change) => void>();

  constructor(revisions: RevisionCounter, history: ChangeHistory) {
    this.#revisions = revisions;
    this.history = history;
  }

  get size(): number {
    return this.#objects.size;
  }

  get(key: string): StoredObject | undefined {
    return this.#objects.get(key);
  }

  /** Takes back an object of an earlier run, with the revision that it had. It is no change, and not announced. */
  restore(key: string, object: KubernetesObject): void {
    if (!this.#objects.has(key)) this.#keys.add(key);
    this.#objects.set(key, new StoredObject(key, object, Number(object.metadata.resourceVersion)));
  }

  /** Creates or replaces an object, with a new revision. */
  put(key: string, object: KubernetesObject): StoredObject {
    const previous = this.#objects.get(key);
    const current = new StoredObject(key, object, this.#revisions.next());
    if (previous === undefined) this.#keys.add(key);
    this.#objects.set(key, current);
    this.#announce(new Change(key, { revision: current.revision, current, previous }));
    return current;
  }

  remove(key: string): void {
    const previous = this.#objects.get(key);
    if (previous === undefined) return;
    this.#objects.delete(key);
    this.#keys.remove(key);
    this.#announce(new Change(key, { revision: this.#revisions.next(), current: undefined, previous }));
  }

  /** Calls back after each change, within it: listeners do no work of their own there. */
  subscribe(listener: (change: Change) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The objects as they are now. Read it before the next change. */
  now(): Snapshot {
    return {
      revision: this.#revisions.current,
      get: (key) => this.#objects.get(key),
      keys: (prefix, after) => this.#keys.range(prefix, after),
    };
  }

  /** The objects as they were at a revision; undefined when history does not reach back to it. */
  at(revision: number): Snapshot | undefined {
    const from = this.history.positionAfter(revision);
    if (from === undefined) return undefined;
    const undone = this.#undo(from);
    if (undone.size === 0) return { ...this.now(), revision };
    return {
      revision,
      get: (key) => (undone.has(key) ? undone.get(key) : this.#objects.get(key)),
      keys: (prefix, after) => this.#keysWith(undone, prefix, after),
    };
  }

  /** For each key that changed since a position, what it was before. */
  #undo(from: number): ReadonlyMap<string, StoredObject | undefined> {
    const undone = new Map<string, StoredObject | undefined>();
    for (let position = from; position < this.history.end; position += 1) {
      const change = this.history.at(position);
      if (change !== undefined && !undone.has(change.key)) undone.set(change.key, change.previous);
    }
    return undone;
  }

  #keysWith(
    undone: ReadonlyMap<string, StoredObject | undefined>,
    prefix: string,
    after: string | undefined,
  ): readonly string[] {
    const lost = [...undone]
      .filter(([key, object]) => object !== undefined && !this.#objects.has(key))
      .map(([key]) => key)
      .filter((key) => key.startsWith(prefix) && (after === undefined || key > after));
    const kept = this.#keys
      .range(prefix, after)
      .filter((key) => !undone.has(key) || undone.get(key) !== undefined);
    return lost.length === 0 ? kept : [...kept, ...lost].sort();
  }

  #announce(change: Change): void {
    this.history.append(change);
    for (const listener of this.#listeners) listener(change);
  }
}
