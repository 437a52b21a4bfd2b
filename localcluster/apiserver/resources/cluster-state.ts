import type { Kind } from '../kinds/kind.js';
import { collectionName } from '../kinds/kind.js';
import type { Collection } from '../store/collection.js';
import type { ObjectStore } from '../store/object-store.js';

/** What operations on objects work with. Time and randomness are asked for, so that tests can decide them. */
export interface ClusterState {
  readonly store: ObjectStore;
  /** Unix milliseconds. */
  readonly now: () => number;
  readonly newUid: () => string;
  /** Five characters that make a generated name unique. */
  readonly nameSuffix: () => string;
}

/** Names one object, or with an empty name all of a kind in a namespace. */
export interface ObjectAddress {
  readonly kind: Kind;
  /** Empty for kinds without namespaces, and for all namespaces. */
  readonly namespace: string;
  readonly name: string;
}

export function collectionOf(cluster: ClusterState, kind: Kind): Collection {
  return cluster.store.collection(collectionName(kind));
}

/** The key of an object in its kind's collection. */
export function keyOf({ kind, namespace, name }: ObjectAddress): string {
  return kind.namespaced ? `${namespace}/${name}` : name;
}

/** What an answer calls the resource that it is about. */
export function resourceOf({ group, plural }: Kind) {
  return { group, resource: plural };
}

/** Answers about invalid objects name the kind instead. */
export function kindOf({ group, kind }: Kind) {
  return { group, resource: kind };
}
