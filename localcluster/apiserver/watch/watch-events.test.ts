import { afterEach, describe, expect, it, vi } from 'vitest';
import { parseListOptions } from '../resources/list-options.js';
import type { Selection } from '../resources/selection.js';
import type { Collection } from '../store/collection.js';
import { ObjectStore } from '../store/object-store.js';
import type { WatchEvent } from './watch-event.js';
import { watchEvents } from './watch-events.js';
import { watchStart } from './watch-start.js';

const EVERYTHING: Selection = { all: true, matches: () => true };

function aCollection(historyLimit = 100): Collection {
  return new ObjectStore({ firstRevision: 0, historyLimit }).collection('pods');
}

function put(pods: Collection, key: string): void {
  pods.put(key, { metadata: { name: key } });
}

function watch(pods: Collection, query: string, end = new AbortController()) {
  const options = parseListOptions(new URLSearchParams(`watch=1&${query}`));
  const start = watchStart(pods, '', EVERYTHING, options);
  return watchEvents(pods, start, {
    prefix: '',
    selection: EVERYTHING,
    bookmarks: options.allowWatchBookmarks,
    timeoutMs: (options.timeoutSec ?? 3600) * 1000,
    signal: end.signal,
  });
}

function brief(events: readonly WatchEvent[] | undefined): readonly string[] {
  return (events ?? []).map((event) => {
    if (event.type === 'BOOKMARK') return `BOOKMARK ${event.revision}`;
    return event.type === 'ERROR' ? `ERROR ${event.status.code}` : `${event.type} ${event.object.key}`;
  });
}

async function next(events: AsyncGenerator<readonly WatchEvent[]>): Promise<readonly string[]> {
  const { value } = await events.next();
  return brief(value ?? []);
}

afterEach(() => {
  vi.useRealTimers();
});

describe('watchEvents', () => {
  it('gives many changes at once to a reader that comes back late', async () => {
    const pods = aCollection();
    const events = watch(pods, 'resourceVersion=0&sendInitialEvents=false&resourceVersionMatch=NotOlderThan');

    for (const key of ['a', 'b', 'c']) put(pods, key);

    expect(await next(events)).toEqual(['ADDED a', 'ADDED b', 'ADDED c']);
  });

  it('wakes up for a change', async () => {
    const pods = aCollection();
    put(pods, 'old');
    const events = watch(pods, 'resourceVersion=1');
    const waiting = next(events);

    put(pods, 'new');

    expect(await waiting).toEqual(['ADDED new']);
  });

  it('tells a reader that fell behind, and ends', async () => {
    const pods = aCollection(2);
    put(pods, 'a');
    const events = watch(pods, 'resourceVersion=1');
    for (const key of ['b', 'c', 'd', 'e']) put(pods, key);

    expect(await next(events)).toEqual(['ERROR 410']);
    expect((await events.next()).done).toBe(true);
  });

  it('sends a bookmark each minute to those that want them, and sleeps in between', async () => {
    vi.useFakeTimers();
    const pods = aCollection();
    const start = performance.now();
    put(pods, 'a');
    const events = watch(pods, 'resourceVersion=1&allowWatchBookmarks=true');

    const first = next(events);
    await vi.advanceTimersByTimeAsync(60_000);

    expect(await first).toEqual(['BOOKMARK 1']);
    expect(performance.now() - start).toBe(60_000);
  });

  it('needs no timer for those that do not want bookmarks but one a minute', async () => {
    vi.useFakeTimers();
    const pods = aCollection();
    put(pods, 'a');
    const end = new AbortController();
    const events = watch(pods, 'resourceVersion=1', end);

    const waiting = events.next();
    await vi.advanceTimersByTimeAsync(10 * 60_000);

    expect(vi.getTimerCount()).toBe(1);
    end.abort();
    expect((await waiting).done).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('ends when its time is over, with a bookmark', async () => {
    vi.useFakeTimers();
    const pods = aCollection();
    put(pods, 'a');
    const events = watch(pods, 'resourceVersion=1&allowWatchBookmarks=true&timeoutSeconds=5');

    const last = next(events);
    await vi.advanceTimersByTimeAsync(5_000);

    expect(await last).toEqual(['BOOKMARK 1']);
    expect((await events.next()).done).toBe(true);
  });
});
