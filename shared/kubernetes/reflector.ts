import type { Dispatcher } from 'undici';
import { messageOf } from '../domain/domain-error.js';
import { type BackoffPolicy, backoffMs } from '../lifecycle/backoff.js';
import type { Clock } from '../lifecycle/clock.js';
import type { Component } from '../lifecycle/component.js';
import { withinTime } from '../lifecycle/within-time.js';
import type { Logger } from '../observability/logger.js';
import { errorOfStatus, expectSuccess, KubeError } from './kube-error.js';
import type { KubeList, KubeObject, WatchEvent } from './kube-object.js';
import type { SendKubeRequest } from './kube-request.js';
import { lines } from './lines.js';
import { type ObjectChange, ObjectStore } from './object-store.js';
import type { ReflectorMetrics } from './reflector-metrics.js';
import { TimeSlices } from './time-slices.js';
import { feeding, Watchdog } from './watchdog.js';

export interface ReflectorOptions<Raw extends KubeObject, Item> {
  /** Plural name of the resource, for logs and metrics. */
  readonly resource: string;
  /** Such as `/api/v1/pods`. */
  readonly path: string;
  /** Selectors, such as `{ fieldSelector: 'spec.nodeName=n1' }`. */
  readonly query?: Readonly<Record<string, string>>;
  readonly send: SendKubeRequest;
  /** Keeps of an object what is needed: the store never holds whole objects. */
  readonly project: (raw: Raw) => Item;
  readonly onChange: (change: ObjectChange<Item>) => void;
  /** Called after every complete listing. */
  readonly onSynced?: () => void;
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  readonly logger: Logger;
  readonly metrics: ReflectorMetrics;
  readonly limits?: Partial<ReflectorLimits>;
}

export interface ReflectorLimits {
  readonly pageSize: number;
  readonly backoff: BackoffPolicy;
  /** A watch without a byte for so long is dead: servers send a bookmark about every minute. */
  readonly idleMs: number;
  /** A server closes a watch itself after this to twice this. */
  readonly watchSec: number;
  /** Longest wait for the headers of an answer, and for the whole of a page. */
  readonly answerMs: number;
  readonly sliceMs: number;
}

const DEFAULT_LIMITS: ReflectorLimits = {
  pageSize: 500,
  backoff: { minMs: 500, maxMs: 30_000 },
  idleMs: 90_000,
  watchSec: 240,
  answerMs: 60_000,
  sliceMs: 8,
};

/** The bookmark that ends the initial events of a streamed list (KEP-3157). */
const INITIAL_EVENTS_END = 'k8s.io/initial-events-end';

/**
 * Keeps a trimmed copy of one resource: a streamed list (or pages, where the server cannot stream), then watch
 * after watch. Never gives up: whatever fails is tried again with back-off, from the last known version where
 * that is still served and with a new list otherwise. Consumers get changes in order for each object; states in
 * between may be skipped, so they must look at the state and not count events.
 */
export class Reflector<Raw extends KubeObject, Item> implements Component {
  readonly name: string;
  readonly #options: ReflectorOptions<Raw, Item>;
  readonly #limits: ReflectorLimits;
  readonly #store: ObjectStore<Raw, Item>;
  readonly #end = new AbortController();
  readonly #slices: TimeSlices;
  #loop: Promise<void> = Promise.resolve();
  /** Where the next watch begins; undefined when a new list is due. */
  #resourceVersion: string | undefined;
  #canStreamLists = true;
  #synced = false;
  #failures = 0;
  #lastContactMs: number;

  constructor(options: ReflectorOptions<Raw, Item>) {
    this.name = `reflector of ${options.resource}`;
    this.#options = options;
    this.#limits = { ...DEFAULT_LIMITS, ...options.limits };
    this.#slices = new TimeSlices(this.#limits.sliceMs);
    this.#store = new ObjectStore(options.project, (change) => this.#tell(change));
    this.#lastContactMs = options.clock.monotonicMs();
  }

  /** True from the first complete listing on. */
  get synced(): boolean {
    return this.#synced;
  }

  /** Milliseconds since the server last sent anything: how stale the copy may be. */
  get silenceMs(): number {
    return this.#options.clock.monotonicMs() - this.#lastContactMs;
  }

  items(): Iterable<Item> {
    return this.#store.items();
  }

  async start(): Promise<void> {
    this.#loop = this.#run(this.#end.signal);
  }

  async stop(): Promise<void> {
    this.#end.abort();
    await this.#loop;
  }

  async #run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.#listAndWatch(signal);
      } catch (error) {
        if (signal.aborted) return;
        await this.#recover(error, signal);
      }
    }
  }

  async #listAndWatch(signal: AbortSignal): Promise<void> {
    if (this.#resourceVersion !== undefined) {
      await this.#watch(this.#resourceVersion, signal);
    } else if (this.#canStreamLists) {
      await this.#watch(undefined, signal);
    } else {
      await this.#listPages(signal);
    }
  }

  async #recover(error: unknown, signal: AbortSignal): Promise<void> {
    const { logger, metrics, resource, clock, random } = this.#options;
    const status = error instanceof KubeError ? error.status : undefined;
    if (error instanceof StreamedListRefused) {
      this.#canStreamLists = false;
      logger.info({ resource, reason: error.message }, 'server cannot stream lists, reading pages instead');
      return;
    }
    this.#failures++;
    if (status === 410 && this.#resourceVersion !== undefined) {
      // The server is there and only our version is too old: failures to reach it before do not count.
      this.#failures = 1;
      this.#resourceVersion = undefined;
    }
    metrics.failed(resource, status === undefined ? 'connection' : String(status));
    const asked = error instanceof KubeError ? (error.retryAfterMs ?? 0) : 0;
    const delayMs = Math.max(asked, backoffMs(this.#limits.backoff, this.#failures, random()));
    logger.warn(
      { resource, reason: messageOf(error), delayMs, failures: this.#failures },
      'watch interrupted',
    );
    await clock.sleep(Math.min(delayMs, this.#limits.backoff.maxMs), signal);
  }

  async #listPages(signal: AbortSignal): Promise<void> {
    this.#options.metrics.listed(this.#options.resource, 'pages');
    this.#store.beginListing();
    let next: string | undefined;
    let resourceVersion: string | undefined;
    do {
      const page = await this.#page(next, signal);
      for (const raw of page.items ?? []) {
        this.#store.upsert(raw);
        const pause = this.#slices.yieldIfDue();
        if (pause !== undefined) await pause;
      }
      next = page.metadata.continue || undefined;
      resourceVersion = page.metadata.resourceVersion;
    } while (next !== undefined && !signal.aborted);
    if (signal.aborted) return;
    this.#finishListing(resourceVersion);
  }

  async #page(next: string | undefined, signal: AbortSignal): Promise<KubeList<Raw>> {
    const query = { limit: String(this.#limits.pageSize), ...(next === undefined ? {} : { continue: next }) };
    const page = await withinTime(this.#limits.answerMs, signal, async (limited) => {
      const response = await expectSuccess(await this.#send(query, limited));
      return JSON.parse(await response.body.text()) as KubeList<Raw>;
    });
    this.#lastContactMs = this.#options.clock.monotonicMs();
    return page;
  }

  #finishListing(resourceVersion: string | undefined): void {
    this.#store.endListing();
    this.#resourceVersion = resourceVersion;
    this.#failures = 0;
    this.#synced = true;
    this.#options.metrics.synced(this.#options.resource, this.#store.size);
    this.#guarded(() => this.#options.onSynced?.());
  }

  /** One watch until the server ends it; without a version it begins with the whole list as events. */
  async #watch(since: string | undefined, signal: AbortSignal): Promise<void> {
    const streamsList = since === undefined;
    if (streamsList) {
      this.#options.metrics.listed(this.#options.resource, 'stream');
      this.#store.beginListing();
    }
    const watchdog = new Watchdog(this.#limits.idleMs);
    const watchSignal = AbortSignal.any([signal, watchdog.signal]);
    const startedAtMs = this.#options.clock.monotonicMs();
    try {
      const response = await this.#send(this.#watchQuery(since), watchSignal);
      if (streamsList && (response.statusCode === 400 || response.statusCode === 422)) {
        await response.body.dump();
        throw new StreamedListRefused(`HTTP ${response.statusCode}`);
      }
      await this.#readEvents((await expectSuccess(response)).body, streamsList, watchdog);
      if (this.#resourceVersion === undefined)
        throw new Error('the stream ended before the list was complete');
    } catch (error) {
      if (watchdog.signal.aborted) throw new Error(`no byte for ${this.#limits.idleMs} ms`, { cause: error });
      throw error;
    } finally {
      watchdog.stop();
    }
    await this.#pauseAfterShortWatch(startedAtMs, signal);
  }

  /** A proxy that closes every watch at once must not make a busy loop of us. */
  async #pauseAfterShortWatch(startedAtMs: number, signal: AbortSignal): Promise<void> {
    const { clock, random } = this.#options;
    const lastedMs = clock.monotonicMs() - startedAtMs;
    if (lastedMs < 1_000) await clock.sleep(backoffMs(this.#limits.backoff, 1, random()), signal);
  }

  #watchQuery(since: string | undefined): Record<string, string> {
    const { watchSec } = this.#limits;
    const query = {
      watch: 'true',
      allowWatchBookmarks: 'true',
      timeoutSeconds: String(Math.round(watchSec * (1 + this.#options.random()))),
    };
    if (since !== undefined) return { ...query, resourceVersion: since };
    return { ...query, sendInitialEvents: 'true', resourceVersionMatch: 'NotOlderThan' };
  }

  async #readEvents(
    body: AsyncIterable<Uint8Array>,
    streamsList: boolean,
    watchdog: Watchdog,
  ): Promise<void> {
    let listing = streamsList;
    const fed = feeding(body, () => {
      watchdog.feed();
      this.#lastContactMs = this.#options.clock.monotonicMs();
    });
    for await (const line of lines(fed)) {
      const event = JSON.parse(line) as WatchEvent<Raw>;
      if (event.type === 'ERROR') throw this.#errorOf(event.object, listing);
      this.#apply(event);
      if (listing && isEndOfInitialEvents(event)) {
        listing = false;
        this.#finishListing(event.object.metadata.resourceVersion);
      } else if (!listing) {
        this.#resourceVersion = event.object.metadata.resourceVersion;
        this.#failures = 0;
      }
      const pause = this.#slices.yieldIfDue();
      if (pause !== undefined) await pause;
    }
  }

  /** Some servers take the request for a streamed list and find only inside the stream that they cannot (etcd 3.4). */
  #errorOf(status: Parameters<typeof errorOfStatus>[0], listing: boolean): Error {
    const error = errorOfStatus(status);
    return listing && error.status !== 410 ? new StreamedListRefused(error.message) : error;
  }

  #apply(event: Exclude<WatchEvent<Raw>, { type: 'ERROR' }>): void {
    this.#options.metrics.received(this.#options.resource, event.type);
    if (event.type === 'DELETED') this.#store.remove(event.object);
    else if (event.type !== 'BOOKMARK') this.#store.upsert(event.object);
  }

  #send(query: Readonly<Record<string, string>>, signal: AbortSignal): Promise<Dispatcher.ResponseData> {
    const search = new URLSearchParams({ ...this.#options.query, ...query });
    return this.#options.send({ path: `${this.#options.path}?${search}`, signal });
  }

  #tell(change: ObjectChange<Item>): void {
    this.#guarded(() => this.#options.onChange(change));
  }

  /** A consumer's fault must not end the watch. */
  #guarded(call: () => void): void {
    try {
      call();
    } catch (error) {
      this.#options.logger.error(
        { resource: this.#options.resource, err: error },
        'handler of a change failed',
      );
    }
  }
}

/** The server cannot begin a watch with the list; pages will do. */
class StreamedListRefused extends Error {}

function isEndOfInitialEvents(event: Exclude<WatchEvent<KubeObject>, { type: 'ERROR' }>): boolean {
  return event.type === 'BOOKMARK' && event.object.metadata.annotations?.[INITIAL_EVENTS_END] === 'true';
}
