import { DEFAULT_NAMESPACES, NAMESPACE_KIND } from '../kinds/namespace/namespace-kind.js';
import type { KubernetesObject } from '../objects/kubernetes-object.js';
import { decode } from '../schema/decode.js';
import { type ClusterState, collectionOf } from './cluster-state.js';
import { createObject } from './create-object.js';

/** Creates the namespaces that every cluster has from the start, as far as they are not there. */
export function createDefaultNamespaces(cluster: ClusterState): void {
  for (const name of DEFAULT_NAMESPACES) {
    if (collectionOf(cluster, NAMESPACE_KIND).get(name) !== undefined) continue;
    const object = decode('Namespace', { metadata: { name } }).value as unknown as KubernetesObject;
    createObject(cluster, { kind: NAMESPACE_KIND, namespace: '', object, dryRun: false });
  }
}
