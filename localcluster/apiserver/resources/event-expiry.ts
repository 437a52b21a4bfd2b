import { EVENT_KIND, type Event } from '../kinds/event/event-kind.js';
import { type ClusterState, collectionOf } from './cluster-state.js';

/** As in the real API server, events are kept for an hour after they happened last. */
export const EVENT_LIFETIME_MS = 60 * 60 * 1000;

/** Removes the events that nobody needs any more: otherwise they would pile up for ever. */
export function expireEvents(cluster: ClusterState): void {
  const events = collectionOf(cluster, EVENT_KIND);
  const oldest = cluster.now() - EVENT_LIFETIME_MS;
  for (const key of events.now().keys('')) {
    const event = events.get(key)?.object as Event | undefined;
    if (event !== undefined && lastHappenedAt(event) < oldest) events.remove(key);
  }
}

function lastHappenedAt({ metadata, lastTimestamp, eventTime, series }: Event): number {
  const times = [metadata.creationTimestamp, lastTimestamp, eventTime, series?.lastObservedTime];
  return Math.max(...times.map((time) => (typeof time === 'string' ? Date.parse(time) : 0)));
}
