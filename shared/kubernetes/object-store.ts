import { type KubeObject, objectKey } from './kube-object.js';

/** What happened to an object, told once it is true. */
export type ObjectChange<Item> =
  | { readonly kind: 'added'; readonly item: Item }
  | { readonly kind: 'updated'; readonly item: Item; readonly previous: Item }
  | { readonly kind: 'deleted'; readonly item: Item };

interface Entry<Item> {
  readonly uid: string;
  resourceVersion: string;
  item: Item;
  /** The listing that last saw it. */
  listing: number;
}

/**
 * The objects of one resource as last seen, each trimmed by `project` before it is kept. An object that was
 * deleted and made anew under its old name arrives as one update: the uid tells, and both changes are told.
 */
export class ObjectStore<Raw extends KubeObject, Item> {
  readonly #project: (raw: Raw) => Item;
  readonly #onChange: (change: ObjectChange<Item>) => void;
  readonly #entries = new Map<string, Entry<Item>>();
  #listing = 0;

  constructor(project: (raw: Raw) => Item, onChange: (change: ObjectChange<Item>) => void) {
    this.#project = project;
    this.#onChange = onChange;
  }

  get size(): number {
    return this.#entries.size;
  }

  *items(): Generator<Item, void, void> {
    for (const entry of this.#entries.values()) yield entry.item;
  }

  /** Begins a listing: what it does not see until endListing is gone. */
  beginListing(): void {
    this.#listing++;
  }

  upsert(raw: Raw): void {
    const { uid, resourceVersion } = raw.metadata;
    const key = objectKey(raw.metadata);
    const known = this.#entries.get(key);
    if (known !== undefined && known.uid === uid) {
      known.listing = this.#listing;
      if (known.resourceVersion === resourceVersion) return;
      const previous = known.item;
      known.item = this.#project(raw);
      known.resourceVersion = resourceVersion;
      this.#onChange({ kind: 'updated', item: known.item, previous });
      return;
    }
    if (known !== undefined) this.#drop(key, known);
    const item = this.#project(raw);
    this.#entries.set(key, { uid, resourceVersion, item, listing: this.#listing });
    this.#onChange({ kind: 'added', item });
  }

  /** A late DELETED event of an object that has been made anew since is not for the new one. */
  remove(raw: Raw): void {
    const key = objectKey(raw.metadata);
    const known = this.#entries.get(key);
    if (known?.uid === raw.metadata.uid) this.#drop(key, known);
  }

  endListing(): void {
    for (const [key, entry] of this.#entries) {
      if (entry.listing !== this.#listing) this.#drop(key, entry);
    }
  }

  #drop(key: string, entry: Entry<Item>): void {
    this.#entries.delete(key);
    this.#onChange({ kind: 'deleted', item: entry.item });
  }
}
