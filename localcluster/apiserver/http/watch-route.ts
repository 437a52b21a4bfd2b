import { eventLines } from '../representation/event-line.js';
import { type ClusterState, collectionOf } from '../resources/cluster-state.js';
import { parseListOptions } from '../resources/list-options.js';
import { selectionOf } from '../resources/selection.js';
import type { WatchEvent } from '../watch/watch-event.js';
import { watchEvents } from '../watch/watch-events.js';
import { isStreamFault, watchStart } from '../watch/watch-start.js';
import type { Answer } from './answer.js';
import type { ResourceCall } from './resource-call.js';

/** Watches end between these times, at random, so that many clients do not come back at once. */
const MIN_TIMEOUT_SEC = 1800;
const MAX_TIMEOUT_SEC = 3600;

/** Streams the changes of a kind's objects, one JSON document a line. */
export function watchRoute(
  cluster: ClusterState,
  { request, address, representation }: ResourceCall,
): Answer {
  const { kind, namespace } = address;
  const options = parseListOptions(request.query);
  const selection = selectionOf(kind, options.labelSelector, options.fieldSelector);
  const prefix = namespace === '' ? '' : `${namespace}/`;
  const collection = collectionOf(cluster, kind);
  const line = eventLines(kind, representation);
  const events = () => {
    const start = watchStart(collection, prefix, selection, options);
    return watchEvents(collection, start, {
      prefix,
      selection,
      bookmarks: options.allowWatchBookmarks,
      timeoutMs: timeoutSec(options.timeoutSec) * 1000,
      signal: request.signal,
    });
  };
  return { status: 200, contentType: 'application/json', chunks: lines(eventsOrFault(events), line) };
}

function timeoutSec(asked: number | undefined): number {
  if (asked !== undefined && asked > 0) return asked;
  return MIN_TIMEOUT_SEC + Math.random() * (MAX_TIMEOUT_SEC - MIN_TIMEOUT_SEC);
}

/** A version that history does not have is told in the stream; other faults are answered as such. */
function eventsOrFault(
  begin: () => AsyncGenerator<readonly WatchEvent[]>,
): AsyncIterable<readonly WatchEvent[]> | Iterable<readonly WatchEvent[]> {
  try {
    return begin();
  } catch (error) {
    if (isStreamFault(error)) return [[{ type: 'ERROR', status: error.status }]];
    throw error;
  }
}

async function* lines(
  batches: AsyncIterable<readonly WatchEvent[]> | Iterable<readonly WatchEvent[]>,
  line: (event: WatchEvent) => string,
): AsyncGenerator<string> {
  for await (const batch of batches) yield batch.map(line).join('');
}
