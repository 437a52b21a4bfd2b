import type { Kind } from '../kinds/kind.js';
import { apiVersionOf } from '../kinds/kind.js';

/** One operation of the published description, in neither version's own form. */
export interface Operation {
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  readonly path: string;
  /** `x-kubernetes-action`. */
  readonly action: string;
  readonly kind: Kind;
  /** Names of the query parameters that change what the operation does. */
  readonly query: readonly string[];
}

const WRITE_PARAMETERS = ['dryRun', 'fieldManager', 'fieldValidation'];
const LIST_PARAMETERS = [
  'allowWatchBookmarks',
  'continue',
  'fieldSelector',
  'labelSelector',
  'limit',
  'resourceVersion',
  'resourceVersionMatch',
  'sendInitialEvents',
  'timeoutSeconds',
  'watch',
];

/** What can be done with the objects of a kind. kubectl reads here whether dry runs and strict fields are offered. */
export function operationsOf(kind: Kind): readonly Operation[] {
  const collection = `${rootPath(kind)}${kind.namespaced ? '/namespaces/{namespace}' : ''}/${kind.plural}`;
  const item = `${collection}/{name}`;
  return [
    { method: 'get', path: collection, action: 'list', kind, query: LIST_PARAMETERS },
    { method: 'post', path: collection, action: 'post', kind, query: WRITE_PARAMETERS },
    { method: 'get', path: item, action: 'get', kind, query: [] },
    { method: 'put', path: item, action: 'put', kind, query: WRITE_PARAMETERS },
    { method: 'patch', path: item, action: 'patch', kind, query: WRITE_PARAMETERS },
    {
      method: 'delete',
      path: item,
      action: 'delete',
      kind,
      query: ['dryRun', 'gracePeriodSeconds', 'propagationPolicy'],
    },
  ];
}

/** `/api/v1` or `/apis/GROUP/VERSION`. */
export function rootPath(kind: Pick<Kind, 'group' | 'version'>): string {
  return `/${kind.group === '' ? 'api' : 'apis'}/${apiVersionOf(kind)}`;
}

/** The extension that says which kind an operation is about. */
export function groupVersionKind({ group, version, kind }: Kind) {
  return { group, version, kind };
}
