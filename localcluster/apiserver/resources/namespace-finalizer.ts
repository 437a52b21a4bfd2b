import { KINDS } from '../kinds/all-kinds.js';
import type { Kind } from '../kinds/kind.js';
import type { Namespace } from '../kinds/namespace/namespace.js';
import { NAMESPACE_KIND } from '../kinds/namespace/namespace-kind.js';
import type { Change } from '../store/change.js';
import { type ClusterState, collectionOf } from './cluster-state.js';
import { deleteObject } from './delete-object.js';

const NAMESPACED_KINDS = KINDS.filter((kind) => kind.namespaced);

/**
 * Empties namespaces that are being deleted and removes them once they are empty, as the namespace controller of
 * a full cluster does. Pods are given their time to end. Returns what stops it.
 */
export function startNamespaceFinalizer(cluster: ClusterState): () => void {
  let scheduled: NodeJS.Immediate | undefined;
  const wake = () => {
    scheduled ??= setImmediate(() => {
      scheduled = undefined;
      finalizeNamespaces(cluster);
    });
  };
  const wakeOnRemoval = (change: Change) => {
    if (change.current === undefined) wake();
  };
  const subscriptions = [
    collectionOf(cluster, NAMESPACE_KIND).subscribe(wake),
    ...NAMESPACED_KINDS.map((kind) => collectionOf(cluster, kind).subscribe(wakeOnRemoval)),
  ];
  wake();
  return () => {
    if (scheduled !== undefined) clearImmediate(scheduled);
    for (const unsubscribe of subscriptions) unsubscribe();
  };
}

/** One pass over all namespaces. Reads the state, never the event that led here. */
export function finalizeNamespaces(cluster: ClusterState): void {
  const namespaces = collectionOf(cluster, NAMESPACE_KIND);
  for (const key of namespaces.now().keys('')) {
    const namespace = namespaces.get(key)?.object as Namespace | undefined;
    if (namespace?.metadata.deletionTimestamp === undefined) continue;
    const left = NAMESPACED_KINDS.reduce((sum, kind) => sum + empty(cluster, kind, key), 0);
    if (left === 0) finish(cluster, key, namespace);
  }
}

/** Asks for the deletion of everything in a namespace; gives back how much is still there. */
function empty(cluster: ClusterState, kind: Kind, namespace: string): number {
  const prefix = `${namespace}/`;
  const objects = collectionOf(cluster, kind);
  for (const key of objects.now().keys(prefix)) {
    if (objects.get(key)?.object.metadata.deletionTimestamp !== undefined) continue;
    deleteObject(cluster, { kind, namespace, name: key.slice(prefix.length), dryRun: false });
  }
  return objects.now().keys(prefix).length;
}

/** The namespace has no contents any more; other finalizers may still hold it. */
function finish(cluster: ClusterState, key: string, namespace: Namespace): void {
  const { finalizers: _finalizers, ...spec } = namespace.spec;
  const namespaces = collectionOf(cluster, NAMESPACE_KIND);
  if ((namespace.metadata.finalizers ?? []).length === 0) namespaces.remove(key);
  else if (_finalizers !== undefined) namespaces.put(key, { ...namespace, spec });
}
