import { apiVersionOf, type Kind } from '../kinds/kind.js';
import type { KubernetesObject } from '../objects/kubernetes-object.js';
import { partialMetadata } from './metadata-representation.js';
import { listMetadata, type Representation } from './representation.js';

/** How much of each object a table carries beside its cells. */
export type IncludeObject = 'None' | 'Metadata' | 'Object';

export interface TableOptions {
  /** Version of meta.k8s.io. */
  readonly version: string;
  readonly includeObject: IncludeObject;
  /** Unix milliseconds; ages count from here. */
  readonly now: () => number;
}

/** Objects as rows of a table: what `kubectl get` prints. */
export function tableRepresentation(options: TableOptions): Representation {
  const apiVersion = `meta.k8s.io/${options.version}`;
  const table = (
    kind: Kind,
    objects: readonly KubernetesObject[],
    metadata: object,
    withColumns: boolean,
  ): string => {
    const nowMs = options.now();
    return JSON.stringify({
      kind: 'Table',
      apiVersion,
      metadata,
      columnDefinitions: withColumns ? columnDefinitions(kind) : null,
      rows: objects.map((object) => ({
        ...kind.row(object, nowMs),
        object: included(kind, object, apiVersion, options.includeObject),
      })),
    });
  };
  const ownMetadata = ({ metadata }: KubernetesObject) => ({ resourceVersion: metadata.resourceVersion });
  return {
    object: (kind, object) => table(kind, [object], ownMetadata(object), true),
    list: (kind, list) =>
      table(
        kind,
        list.items.map(({ object }) => object),
        listMetadata(list),
        true,
      ),
    watched: (kind, object, _json, first) => table(kind, [object], ownMetadata(object), first),
  };
}

function columnDefinitions({ columns }: Kind) {
  return columns.map(({ name, format, description, wide }) => ({
    name,
    type: 'string',
    format,
    description,
    priority: wide ? 1 : 0,
  }));
}

function included(kind: Kind, object: KubernetesObject, apiVersion: string, includeObject: IncludeObject) {
  switch (includeObject) {
    case 'None':
      return null;
    case 'Metadata':
      return partialMetadata(object, apiVersion);
    case 'Object':
      return { kind: kind.kind, apiVersion: apiVersionOf(kind), ...object };
  }
}
