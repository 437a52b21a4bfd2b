import { tooOld } from '../resources/revisions.js';
import type { Selection } from '../resources/selection.js';
import type { Collection } from '../store/collection.js';
import { eventOf, type WatchEvent } from './watch-event.js';
import type { WatchStart } from './watch-start.js';

export interface WatchOptions {
  readonly prefix: string;
  readonly selection: Selection;
  readonly bookmarks: boolean;
  /** The watch ends after this time, so that clients spread out anew. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

const BATCH = 200;
const BOOKMARK_INTERVAL_MS = 60_000;

/**
 * The events of a watch, in batches, until its time is over or the signal aborts. The next batch is made when the
 * last one has been taken: a slow reader holds nothing but its position, and is told to list again when history
 * has gone on without it.
 */
export async function* watchEvents(
  collection: Collection,
  start: WatchStart,
  options: WatchOptions,
): AsyncGenerator<readonly WatchEvent[], void, undefined> {
  const endsAt = performance.now() + options.timeoutMs;
  yield* initialEvents(start);
  const reader = new ChangeReader(collection, start, options);
  let bookmarkAt = performance.now() + BOOKMARK_INTERVAL_MS;
  while (!options.signal.aborted) {
    if (reader.fellBehind) return yield [reader.fallenBehind()];
    const events = reader.take();
    if (events.length > 0) {
      yield events;
      continue;
    }
    const now = performance.now();
    if (options.bookmarks && now >= Math.min(bookmarkAt, endsAt)) {
      yield [{ type: 'BOOKMARK', revision: collection.now().revision, initialEnd: false }];
      bookmarkAt = now + BOOKMARK_INTERVAL_MS;
    }
    if (now >= endsAt) return;
    const wakeAt = options.bookmarks ? Math.min(bookmarkAt, endsAt) : endsAt;
    await nextChange(collection, Math.min(wakeAt - now, BOOKMARK_INTERVAL_MS), options.signal);
  }
}

function* initialEvents({ initial, announceInitialEnd, afterRevision }: WatchStart) {
  for (let index = 0; index < initial.length; index += BATCH) {
    yield initial.slice(index, index + BATCH).map((object) => ({ type: 'ADDED', object }) as const);
  }
  if (announceInitialEnd) yield [{ type: 'BOOKMARK', revision: afterRevision, initialEnd: true } as const];
}

/** Reads a collection's history from a position on. */
class ChangeReader {
  readonly #collection: Collection;
  readonly #options: WatchOptions;
  readonly #afterRevision: number;
  #position: number;
  #lastRevision: number;

  constructor(collection: Collection, { position, afterRevision }: WatchStart, options: WatchOptions) {
    this.#collection = collection;
    this.#options = options;
    this.#position = position;
    this.#afterRevision = afterRevision;
    this.#lastRevision = afterRevision;
  }

  /** Whether changes were forgotten before they were read. */
  get fellBehind(): boolean {
    return !this.#collection.history.reaches(this.#position);
  }

  fallenBehind(): WatchEvent {
    const { status } = tooOld(this.#lastRevision, this.#collection.history.floor);
    return { type: 'ERROR', status };
  }

  /** The next events, up to a batch; none when all changes have been read. */
  take(): readonly WatchEvent[] {
    const { prefix, selection } = this.#options;
    const events: WatchEvent[] = [];
    while (events.length < BATCH) {
      const change = this.#collection.history.at(this.#position);
      if (change === undefined) break;
      this.#position += 1;
      this.#lastRevision = change.revision;
      if (change.revision <= this.#afterRevision || !change.key.startsWith(prefix)) continue;
      const event = eventOf(change, selection);
      if (event !== undefined) events.push(event);
    }
    return events;
  }
}

/** Resolves at the next change, after the time, or when the signal aborts. */
function nextChange(collection: Collection, timeoutMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      unsubscribe();
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const unsubscribe = collection.subscribe(done);
    const timer = setTimeout(done, timeoutMs);
    signal.addEventListener('abort', done, { once: true });
    if (signal.aborted) done();
  });
}
