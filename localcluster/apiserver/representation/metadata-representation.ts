import type { KubernetesObject } from '../objects/kubernetes-object.js';
import { listMetadata, type Representation } from './representation.js';

/** Only the metadata of objects, for clients that need no more. */
export function metadataRepresentation(version: string): Representation {
  const apiVersion = `meta.k8s.io/${version}`;
  return {
    object: (_kind, object) => JSON.stringify(partialMetadata(object, apiVersion)),
    list: (_kind, list) =>
      JSON.stringify({
        kind: 'PartialObjectMetadataList',
        apiVersion,
        metadata: listMetadata(list),
        items: list.items.map(({ object }) => partialMetadata(object, apiVersion)),
      }),
    watched: (_kind, object) => JSON.stringify(partialMetadata(object, apiVersion)),
  };
}

export function partialMetadata({ metadata }: KubernetesObject, apiVersion: string) {
  return { kind: 'PartialObjectMetadata', apiVersion, metadata };
}
