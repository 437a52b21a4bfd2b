import { Counter, Gauge, type Registry } from '../observability/metrics.js';

/** What the watches of one process do, by resource. */
export class ReflectorMetrics {
  readonly #lists: Counter<'resource' | 'way'>;
  readonly #events: Counter<'resource' | 'type'>;
  readonly #failures: Counter<'resource' | 'reason'>;
  readonly #objects: Gauge<'resource'>;

  constructor(registry: Registry) {
    const registers = [registry];
    this.#lists = new Counter({
      name: 'podium_watch_lists_total',
      help: 'Complete lists begun, by the way they are read.',
      labelNames: ['resource', 'way'],
      registers,
    });
    this.#events = new Counter({
      name: 'podium_watch_events_total',
      help: 'Watch events received.',
      labelNames: ['resource', 'type'],
      registers,
    });
    this.#failures = new Counter({
      name: 'podium_watch_failures_total',
      help: 'Lists and watches that failed, by HTTP status or "connection".',
      labelNames: ['resource', 'reason'],
      registers,
    });
    this.#objects = new Gauge({
      name: 'podium_watch_listed_objects',
      help: 'Objects seen by the last complete list.',
      labelNames: ['resource'],
      registers,
    });
  }

  listed(resource: string, way: 'stream' | 'pages'): void {
    this.#lists.inc({ resource, way });
  }

  received(resource: string, type: string): void {
    this.#events.inc({ resource, type });
  }

  failed(resource: string, reason: string): void {
    this.#failures.inc({ resource, reason });
  }

  synced(resource: string, objects: number): void {
    this.#objects.set({ resource }, objects);
  }
}
