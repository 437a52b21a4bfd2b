import { conflict, forbidden, notFound } from '../errors/refusals.js';
import type { KubernetesObject } from '../objects/kubernetes-object.js';
import type { StoredObject } from '../store/stored-object.js';
import {
  type ClusterState,
  collectionOf,
  keyOf,
  kindOf,
  type ObjectAddress,
  resourceOf,
} from './cluster-state.js';
import { isReadyToGo, withDeletionNoted } from './deletion-state.js';

export interface DeleteRequest extends ObjectAddress {
  /** Seconds until the object must be gone; undefined leaves it to the object. */
  readonly graceSec?: number;
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string };
  readonly dryRun: boolean;
}

export interface Deleted {
  /** As it was last, or as it is while it waits to be removed. */
  readonly object: KubernetesObject;
  readonly removed: boolean;
}

/**
 * Notes the wish to delete an object and removes it when there is nothing to wait for: no finalizer, and no time
 * that a kubelet needs to end its containers.
 */
export function deleteObject(cluster: ClusterState, request: DeleteRequest): Deleted {
  const { kind, name } = request;
  const collection = collectionOf(cluster, kind);
  const current = collection.get(keyOf(request));
  if (current === undefined) throw notFound(resourceOf(kind), name);
  const refusal = kind.deletionRefusal(current.object);
  if (refusal !== undefined) throw forbidden(resourceOf(kind), name, refusal);
  assertPreconditions(request, current);
  const noted = withDeletionNoted(kind, current.object, request.graceSec, cluster.now());
  const removed = isReadyToGo(kind, noted);
  if (request.dryRun) return { object: noted, removed };
  const isShown = kind.graceSeconds !== undefined || !removed;
  const object = noted === current.object || !isShown ? noted : collection.put(current.key, noted).object;
  if (removed) collection.remove(current.key);
  return { object, removed };
}

function assertPreconditions({ kind, name, preconditions = {} }: DeleteRequest, current: StoredObject): void {
  const { uid, resourceVersion } = preconditions;
  const found = current.object.metadata;
  if (uid !== undefined && uid !== found.uid) {
    throw conflict(
      kindOf(kind),
      name,
      `the UID in the precondition (${uid}) does not match the UID in record (${found.uid}). ` +
        'The object might have been deleted and then recreated',
    );
  }
  if (resourceVersion !== undefined && resourceVersion !== found.resourceVersion) {
    throw conflict(
      kindOf(kind),
      name,
      `the ResourceVersion in the precondition (${resourceVersion}) does not match the ResourceVersion in record ` +
        `(${found.resourceVersion}). The object might have been modified`,
    );
  }
}
