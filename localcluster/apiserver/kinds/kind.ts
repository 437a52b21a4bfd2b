import type { FieldError } from '../errors/field-error.js';
import type { JsonValue } from '../objects/json.js';
import type { KubernetesObject } from '../objects/kubernetes-object.js';

export type Verb = 'create' | 'delete' | 'deletecollection' | 'get' | 'list' | 'patch' | 'update' | 'watch';

export const ALL_VERBS = [
  'create',
  'delete',
  'deletecollection',
  'get',
  'list',
  'patch',
  'update',
  'watch',
] as const satisfies readonly Verb[];

/** A path below an object, such as `status` or `binding`, as discovery shows it. */
export interface Subresource {
  readonly name: string;
  readonly kind: string;
  /** Given where it is not the group and version of the resource. */
  readonly group?: string;
  readonly version?: string;
  readonly verbs: readonly ('create' | 'get' | 'patch' | 'update')[];
}

export interface TableColumn {
  readonly name: string;
  readonly format: '' | 'name';
  readonly description: string;
  /** Shown only by `kubectl get -o wide`. */
  readonly wide: boolean;
}

export interface TableRow {
  readonly cells: readonly JsonValue[];
  /** Set for objects that have run their course. */
  readonly conditions?: readonly JsonValue[];
}

/** Reads one field; written as a method so that kinds of particular objects are kinds of objects. */
type FieldReader<T> = { read(object: T): string }['read'];

/**
 * What is particular about the objects of one kind. All of it is rules over plain values; storing, patching and
 * answering are the same for every kind. Methods that change an object return a new one.
 */
export interface Kind<T extends KubernetesObject = KubernetesObject> {
  readonly group: string;
  readonly version: string;
  /** The name of the kind, and of its type in the type tables. */
  readonly kind: string;
  readonly plural: string;
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly namespaced: boolean;
  readonly verbs: readonly Verb[];
  readonly subresources: readonly Subresource[];
  /** Whether a PUT on a name that does not exist creates the object. */
  readonly createsOnUpdate: boolean;
  /** Whether a PUT may leave out the resource version, and so overwrite what it has not seen. */
  readonly updatesUnconditionally: boolean;

  readonly columns: readonly TableColumn[];
  row(object: T, nowMs: number): TableRow;

  /** What field selectors may ask for, besides the object's name and namespace. */
  readonly selectableFields: Readonly<Record<string, FieldReader<T>>>;
  unknownFieldSelector(field: string): string;

  /** Fills in what a client may leave out. Applied to everything that a client sends. */
  defaults(object: T): T;
  /** Admission: fills in or refuses by rules that are the cluster's, not the kind's. Throws a refusal. */
  admit(next: T, current: T | undefined): T;
  /** The object as it is first stored: no status that a client invented. */
  prepareForCreate(object: T): T;
  /** The object with what an update must not touch taken from the current one. */
  prepareForUpdate(next: T, current: T): T;
  /** The same for an update of the status, which must not touch the rest. */
  prepareForStatusUpdate(next: T, current: T): T;

  validate(object: T): readonly FieldError[];
  validateUpdate(next: T, current: T): readonly FieldError[];
  validateStatusUpdate(next: T, current: T): readonly FieldError[];

  /**
   * The time that an object gets between the wish to delete it and its removal, in seconds, for a wish that asked
   * for `askedSec`. Kinds without it are removed at once.
   */
  graceSeconds?(object: T, askedSec: number | undefined): number;
  /** The object as it is shown from when its deletion was asked for. */
  markDeleted(object: T): T;
  /** Whether something of the object's own, besides its finalizers, keeps it from being removed. */
  hasContents(object: T): boolean;
  /** Why this object may never be deleted; undefined when it may. */
  deletionRefusal(object: T): string | undefined;
}

/** `apiVersion` of the kind's objects. */
export function apiVersionOf({
  group,
  version,
}: {
  readonly group: string;
  readonly version: string;
}): string {
  return group === '' ? version : `${group}/${version}`;
}

/** The key of a kind's collection in the store. */
export function collectionName({ group, plural }: Pick<Kind, 'group' | 'plural'>): string {
  return group === '' ? plural : `${plural}.${group}`;
}
