import {
  Counter,
  Gauge,
  Histogram,
  LATENCY_BUCKETS_SECONDS,
  type Registry,
} from '../../shared/observability/metrics.js';

/** What the control loop and its deliveries do. No node label: 5,000 nodes would make 5,000 series of each. */
export class DeliveryMetrics {
  readonly #passes: Histogram;
  readonly #intents: Gauge;
  readonly #deliveries: Histogram;
  readonly #failures: Counter;
  readonly #drift: Counter;

  constructor(registry: Registry) {
    const registers = [registry];
    this.#passes = new Histogram({
      name: 'podium_reconcile_pass_seconds',
      help: 'Time of one pass of the control loop: read, plan, compare.',
      buckets: LATENCY_BUCKETS_SECONDS,
      registers,
    });
    this.#intents = new Gauge({
      name: 'podium_planned_intents',
      help: 'Intents of all nodes in the current plan.',
      registers,
    });
    this.#deliveries = new Histogram({
      name: 'podium_set_delivery_seconds',
      help: 'Time from sending a set to its acknowledgement.',
      buckets: LATENCY_BUCKETS_SECONDS,
      registers,
    });
    this.#failures = new Counter({
      name: 'podium_set_delivery_failures_total',
      help: 'Deliveries that failed and will be tried again.',
      registers,
    });
    this.#drift = new Counter({
      name: 'podium_set_drift_total',
      help: 'Agents found by the sweep with another set than they acknowledged.',
      registers,
    });
  }

  passed(seconds: number, intents: number): void {
    this.#passes.observe(seconds);
    this.#intents.set(intents);
  }

  delivered(seconds: number): void {
    this.#deliveries.observe(seconds);
  }

  failed(): void {
    this.#failures.inc();
  }

  drifted(): void {
    this.#drift.inc();
  }
}
