import { randomBytes } from 'node:crypto';
import { messageOf } from '../../shared/domain/domain-error.js';
import { KubeError } from '../../shared/kubernetes/kube-error.js';
import { backoffMs } from '../../shared/lifecycle/backoff.js';
import type { Clock } from '../../shared/lifecycle/clock.js';
import type { Component } from '../../shared/lifecycle/component.js';
import type { Logger } from '../../shared/observability/logger.js';
import type { KubeClient } from './kube-client.js';
import type { EventType, ObjectReference } from './objects.js';
import { eventsPath } from './paths.js';
import { kubeTime } from './timestamps.js';

export interface EventSource {
  /** The program, such as `kubelet`. */
  readonly component: string;
  readonly host?: string;
}

export interface EventRecorderOptions {
  readonly client: KubeClient;
  readonly source: EventSource;
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  readonly logger: Logger;
}

export interface EventText {
  readonly type: EventType;
  /** One word in CamelCase, for programs. */
  readonly reason: string;
  /** For people. */
  readonly message: string;
}

interface PendingEvent extends EventText {
  readonly about: ObjectReference;
  readonly atMs: number;
}

interface WrittenEvent {
  readonly path: string;
  readonly count: number;
}

const MAX_PENDING = 1_000;
const MAX_REMEMBERED = 500;
const MAX_TRIES = 3;
const RETRY = { minMs: 200, maxMs: 2_000 };
const FLUSH_MS = 1_000;
/** The API's limit for the message of an event. */
const LONGEST_MESSAGE = 1_024;

/**
 * Writes events one after another, without keeping anybody waiting. The same event again raises the count of the
 * one that is there. Events are a courtesy: what cannot be written in three tries, or is more than a thousand
 * behind, is dropped and logged.
 */
export class EventRecorder implements Component {
  readonly name = 'event recorder';
  readonly #options: EventRecorderOptions;
  readonly #end = new AbortController();
  readonly #pending: PendingEvent[] = [];
  readonly #written = new Map<string, WrittenEvent>();
  #writing: Promise<void> | undefined;

  constructor(options: EventRecorderOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {}

  /** Writes what is still waiting, for a second at most. */
  async stop(): Promise<void> {
    const late = setTimeout(() => this.#end.abort(), FLUSH_MS);
    await this.#writing;
    clearTimeout(late);
    this.#end.abort();
  }

  record(about: ObjectReference, event: EventText): void {
    if (this.#pending.length >= MAX_PENDING) {
      this.#options.logger.warn(
        { reason: event.reason, object: about.name },
        'event dropped, too many are waiting',
      );
      return;
    }
    this.#pending.push({ about, ...event, atMs: this.#options.clock.now() });
    this.#writing ??= this.#writeAll();
  }

  async #writeAll(): Promise<void> {
    for (let event = this.#pending.shift(); event !== undefined; event = this.#pending.shift()) {
      await this.#writeWithRetries(event);
    }
    this.#writing = undefined;
  }

  async #writeWithRetries(event: PendingEvent): Promise<void> {
    const { clock, random, logger } = this.#options;
    for (let attempt = 1; !this.#end.signal.aborted; attempt++) {
      try {
        await this.#write(event);
        return;
      } catch (error) {
        if (attempt >= MAX_TRIES || isFinal(error)) {
          logger.debug(
            { reason: event.reason, object: event.about.name, error: messageOf(error) },
            'event not written',
          );
          return;
        }
        await clock.sleep(backoffMs(RETRY, attempt, random()), this.#end.signal);
      }
    }
  }

  async #write(event: PendingEvent): Promise<void> {
    const key = JSON.stringify([event.about.uid, event.about.fieldPath, event.reason, event.message]);
    const known = this.#written.get(key);
    if (known === undefined || !(await this.#countUp(key, known, event.atMs))) await this.#create(key, event);
  }

  /** False when the event is gone: servers forget them after an hour. */
  async #countUp(key: string, known: WrittenEvent, atMs: number): Promise<boolean> {
    const count = known.count + 1;
    const patch = { count, lastTimestamp: kubeTime(atMs) };
    try {
      await this.#options.client.patch(known.path, 'merge', patch, this.#end.signal);
    } catch (error) {
      if (error instanceof KubeError && error.status === 404) return false;
      throw error;
    }
    this.#remember(key, { path: known.path, count });
    return true;
  }

  async #create(key: string, { about, type, reason, message, atMs }: PendingEvent): Promise<void> {
    const name = `${about.name}.${randomBytes(8).toString('hex')}`;
    const path = eventsPath(about.namespace);
    const at = kubeTime(atMs);
    const { source } = this.#options;
    const event = {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name, namespace: about.namespace ?? 'default' },
      involvedObject: about,
      type,
      reason,
      message: message.slice(0, LONGEST_MESSAGE),
      source,
      reportingComponent: source.component,
      reportingInstance: source.host ?? '',
      firstTimestamp: at,
      lastTimestamp: at,
      count: 1,
    };
    await this.#options.client.create(path, event, this.#end.signal);
    this.#remember(key, { path: `${path}/${encodeURIComponent(name)}`, count: 1 });
  }

  /** The one written longest ago makes room. */
  #remember(key: string, written: WrittenEvent): void {
    this.#written.delete(key);
    this.#written.set(key, written);
    const [oldest] = this.#written.keys();
    if (this.#written.size > MAX_REMEMBERED && oldest !== undefined) this.#written.delete(oldest);
  }
}

/** A refusal that would be the same the next time, such as a namespace that is going away. */
function isFinal(error: unknown): boolean {
  return error instanceof KubeError && error.status >= 400 && error.status < 500 && error.status !== 429;
}
