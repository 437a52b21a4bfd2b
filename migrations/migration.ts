/**
 * One step of the schema in MongoDB, as data: what its checksum covers is all that it does, from the sources as from
 * the built program. Every step can be taken again after it was cut off half-way.
 */
export interface Migration {
  /** Number and words, such as `0001-first-collections`; never changes once it was released. */
  readonly name: string;
  readonly up: readonly MigrationStep[];
  readonly down: readonly MigrationStep[];
}

export type MigrationStep =
  /** Makes the collection when it is not there. */
  | { readonly kind: 'collection'; readonly collection: string }
  /** An index that is there already under another name, with the same fields and at least as strict, is kept. */
  | {
      readonly kind: 'index';
      readonly collection: string;
      readonly name: string;
      readonly fields: readonly string[];
      readonly unique?: true;
      /** Documents without the field are not in it. */
      readonly sparse?: true;
    }
  | { readonly kind: 'drop index'; readonly collection: string; readonly name: string }
  /** How strictly the server holds documents against the validator that another program left, where it has one. */
  | { readonly kind: 'validation'; readonly collection: string; readonly level: 'off' | 'strict' };
