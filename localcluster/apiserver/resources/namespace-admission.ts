import { forbidden, notFound } from '../errors/refusals.js';
import type { Namespace } from '../kinds/namespace/namespace.js';
import { NAMESPACE_KIND } from '../kinds/namespace/namespace-kind.js';
import { type ClusterState, collectionOf, type ObjectAddress, resourceOf } from './cluster-state.js';

/** Refuses a new object whose namespace does not exist or is being deleted. */
export function admitToNamespace(cluster: ClusterState, { kind, namespace, name }: ObjectAddress): void {
  if (!kind.namespaced) return;
  const found = collectionOf(cluster, NAMESPACE_KIND).get(namespace)?.object as Namespace | undefined;
  if (found === undefined) throw notFound(resourceOf(NAMESPACE_KIND), namespace);
  if (found.metadata.deletionTimestamp === undefined) return;
  throw forbidden(
    resourceOf(kind),
    name,
    `unable to create new content in namespace ${namespace} because it is being terminated`,
    [
      {
        reason: 'NamespaceTerminating',
        message: `namespace ${namespace} is being terminated`,
        field: 'metadata.namespace',
      },
    ],
  );
}
