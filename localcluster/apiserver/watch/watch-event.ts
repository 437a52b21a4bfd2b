import type { Status } from '../errors/api-error.js';
import type { Selection } from '../resources/selection.js';
import type { Change } from '../store/change.js';
import type { StoredObject } from '../store/stored-object.js';

/** One line of a watch. */
export type WatchEvent =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly object: StoredObject }
  /** Everything up to the revision has been sent; with `initialEnd`, all that was there at the start. */
  | { readonly type: 'BOOKMARK'; readonly revision: number; readonly initialEnd: boolean }
  | { readonly type: 'ERROR'; readonly status: Status };

/**
 * What a change is to somebody who watches a selection: an object that starts to match it is new, one that stops
 * matching is gone. Undefined when it is none of their business.
 */
export function eventOf(change: Change, selection: Selection): WatchEvent | undefined {
  const { current, previous, departed } = change;
  const isSelected = current !== undefined && selection.matches(current.object);
  const wasSelected = previous !== undefined && selection.matches(previous.object);
  if (isSelected) return { type: wasSelected ? 'MODIFIED' : 'ADDED', object: current };
  return wasSelected && departed !== undefined ? { type: 'DELETED', object: departed } : undefined;
}
