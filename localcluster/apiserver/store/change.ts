import { StoredObject } from './stored-object.js';

interface ChangeFields {
  readonly revision: number;
  /** The version that the change made; undefined for a removal. */
  readonly current: StoredObject | undefined;
  /** The version before it; undefined for a creation. */
  readonly previous: StoredObject | undefined;
}

/** One step in the life of one object. */
export class Change {
  readonly revision: number;
  readonly key: string;
  readonly current: StoredObject | undefined;
  readonly previous: StoredObject | undefined;
  #departed: StoredObject | undefined;

  constructor(key: string, { revision, current, previous }: ChangeFields) {
    this.key = key;
    this.revision = revision;
    this.current = current;
    this.previous = previous;
  }

  /**
   * What a watcher for whom the object goes away is told: the object as it was, with this change's revision, so
   * that the watcher can resume after it.
   */
  get departed(): StoredObject | undefined {
    if (this.previous === undefined) return undefined;
    this.#departed ??= new StoredObject(this.key, this.previous.object, this.revision);
    return this.#departed;
  }
}
