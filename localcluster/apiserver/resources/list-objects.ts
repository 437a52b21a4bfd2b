import { badRequest, expired, expiredPage } from '../errors/refusals.js';
import type { Kind } from '../kinds/kind.js';
import type { Collection, Snapshot } from '../store/collection.js';
import type { StoredObject } from '../store/stored-object.js';
import { type ClusterState, collectionOf } from './cluster-state.js';
import { type ContinueToken, decodeContinueToken, encodeContinueToken } from './continue-token.js';
import type { ListOptions } from './list-options.js';
import { assertReached, parseRevision } from './revisions.js';
import { type Selection, selectionOf } from './selection.js';

export interface ObjectList {
  readonly items: readonly StoredObject[];
  readonly revision: number;
  /** Given when there is more. */
  readonly continueToken?: string;
  /** Given when there is more and nothing was left out by selectors. */
  readonly remaining?: number;
}

/** Lists the objects of a kind, in a namespace when it is not empty, page by page where asked. */
export function listObjects(
  cluster: ClusterState,
  kind: Kind,
  namespace: string,
  options: ListOptions,
): ObjectList {
  const selection = selectionOf(kind, options.labelSelector, options.fieldSelector);
  const prefix = kind.namespaced && namespace !== '' ? `${namespace}/` : '';
  const collection = collectionOf(cluster, kind);
  if (options.continueToken === '') {
    const limit = options.resourceVersion === '0' ? 0 : options.limit;
    return page(firstSnapshot(collection, cluster, options), { prefix, limit, selection });
  }
  const token = continued(options, prefix);
  const snapshot = nextSnapshot(collection, token);
  return page(snapshot, { prefix, limit: options.limit, selection, after: token.after });
}

function firstSnapshot(collection: Collection, cluster: ClusterState, options: ListOptions): Snapshot {
  const asked = parseRevision(options.resourceVersion);
  assertReached(asked, cluster.store.revision);
  if (options.resourceVersionMatch !== 'Exact') return collection.now();
  const snapshot = collection.at(asked);
  if (snapshot === undefined) throw expired('The resourceVersion for the provided list is too old.');
  return snapshot;
}

function continued(options: ListOptions, prefix: string): ContinueToken {
  if (options.resourceVersion !== '' && options.resourceVersion !== '0') {
    throw badRequest('specifying resource version is not allowed when using continue');
  }
  const token = decodeContinueToken(options.continueToken);
  if (token.after.startsWith(prefix)) return token;
  throw badRequest('invalid continue token: it is of another list');
}

function nextSnapshot(collection: Collection, token: ContinueToken): Snapshot {
  if (token.revision === -1) return collection.now();
  const snapshot = collection.at(token.revision);
  if (snapshot !== undefined) return snapshot;
  throw expiredPage(encodeContinueToken({ revision: -1, after: token.after }));
}

interface PageRequest {
  readonly prefix: string;
  readonly limit: number;
  readonly selection: Selection;
  readonly after?: string;
}

function page(snapshot: Snapshot, { prefix, limit, selection, after }: PageRequest): ObjectList {
  const keys = snapshot.keys(prefix, after);
  const items: StoredObject[] = [];
  for (const [index, key] of keys.entries()) {
    const stored = snapshot.get(key);
    if (stored === undefined || !selection.matches(stored.object)) continue;
    items.push(stored);
    const remaining = keys.length - index - 1;
    if (items.length === limit && remaining > 0) {
      const continueToken = encodeContinueToken({ revision: snapshot.revision, after: key });
      return {
        items,
        revision: snapshot.revision,
        continueToken,
        ...(selection.all ? { remaining } : {}),
      };
    }
  }
  return { items, revision: snapshot.revision };
}
