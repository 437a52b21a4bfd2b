import { ApiError } from '../errors/api-error.js';
import { expired, plainFailure } from '../errors/refusals.js';
import type { ListOptions } from '../resources/list-options.js';
import { assertReached, revisionFault, tooOld } from '../resources/revisions.js';
import type { Selection } from '../resources/selection.js';
import type { Collection } from '../store/collection.js';
import type { StoredObject } from '../store/stored-object.js';

/** Where a watch begins. */
export interface WatchStart {
  /** What is there already, to be sent as new. */
  readonly initial: readonly StoredObject[];
  /** Whether a bookmark says that all of it has been sent. */
  readonly announceInitialEnd: boolean;
  /** The position in history from which changes are sent. */
  readonly position: number;
  /** Changes up to this revision are not sent, wherever they stand. */
  readonly afterRevision: number;
}

/**
 * Works out the beginning of a watch. Without a resource version (or with 0) it is what is there now, unless the
 * client wants none of that; otherwise the first change after it. Throws an `ApiError` when the version is one
 * that history does not have: one that is still to come can only be another server's.
 */
export function watchStart(
  collection: Collection,
  prefix: string,
  selection: Selection,
  options: ListOptions,
): WatchStart {
  const { resourceVersion, sendInitialEvents, allowWatchBookmarks } = options;
  const fault = revisionFault(resourceVersion);
  if (fault !== undefined) throw plainFailure(fault);
  const asked = Number(resourceVersion);
  const now = collection.now();
  if (sendInitialEvents ?? asked === 0) {
    assertReached(asked, now.revision);
    return {
      initial: selected(collection, prefix, selection),
      announceInitialEnd: sendInitialEvents === true && allowWatchBookmarks,
      position: collection.history.end,
      afterRevision: now.revision,
    };
  }
  const from = asked === 0 ? now.revision : asked;
  if (from > now.revision) throw expired(`resource version ${from} is larger than any of this server's`);
  return { initial: [], announceInitialEnd: false, ...resume(collection, from) };
}

function selected(collection: Collection, prefix: string, selection: Selection): readonly StoredObject[] {
  const snapshot = collection.now();
  return snapshot.keys(prefix).flatMap((key) => {
    const stored = snapshot.get(key);
    return stored !== undefined && selection.matches(stored.object) ? [stored] : [];
  });
}

function resume(collection: Collection, revision: number): Pick<WatchStart, 'position' | 'afterRevision'> {
  const position = collection.history.positionAfter(revision);
  if (position === undefined) throw tooOld(revision, collection.history.floor);
  return { position, afterRevision: revision };
}

/** Faults that a client is told of in the stream, because the real API server finds them only there. */
export function isStreamFault(error: unknown): error is ApiError {
  return error instanceof ApiError && (error.status.code === 410 || error.status.code === 504);
}
