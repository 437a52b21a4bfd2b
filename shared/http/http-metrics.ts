import { Histogram, LATENCY_BUCKETS_SECONDS, type Registry } from '../observability/metrics.js';

/** Durations of answered requests by route template, so the number of series is bounded by the routes. */
export class HttpMetrics {
  readonly #duration: Histogram<'method' | 'route' | 'status'>;

  constructor(registry: Registry) {
    this.#duration = new Histogram({
      name: 'podium_http_request_duration_seconds',
      help: 'Time from a request to its answer.',
      labelNames: ['method', 'route', 'status'],
      buckets: LATENCY_BUCKETS_SECONDS,
      registers: [registry],
    });
  }

  observe(method: string, route: string, status: number, durationSeconds: number): void {
    this.#duration.observe({ method, route, status }, durationSeconds);
  }
}
