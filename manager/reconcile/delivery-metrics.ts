import {
  Counter,
  Gauge,
  Histogram,
  LATENCY_BUCKETS_SECONDS,
  type Registry,
} from '../../shared/observability/metrics.js';

export interface FirstGenerationCounts {
  /** Agents of the first generation. */
  readonly agents: number;
  /** Intents that they must not get. */
  readonly withheld: number;
}

/** What the control loop and its deliveries do. No node label: 5,000 nodes would make 5,000 series of each. */
export class DeliveryMetrics {
  readonly #passes: Histogram;
  readonly #intents: Gauge;
  readonly #deliveries: Histogram;
  readonly #failures: Counter;
  readonly #drift: Counter;
  readonly #nodeIntents: Gauge;
  readonly #nodeIntentFailures: Counter;
  readonly #nodeIntentDrift: Counter;
  #lookAtFleet: () => FirstGenerationCounts = () => ({ agents: 0, withheld: 0 });

  constructor(registry: Registry) {
    const registers = [registry];
    const counts = () => this.#lookAtFleet();
    new Gauge({
      name: 'podium_first_generation_agents',
      help: 'Decision makers of the first generation, which are sent sets without a version.',
      registers,
      collect() {
        this.set(counts().agents);
      },
    });
    new Gauge({
      name: 'podium_withheld_intents',
      help: 'Intents that decision makers of the first generation must not get.',
      registers,
      collect() {
        this.set(counts().withheld);
      },
    });
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
    this.#nodeIntents = new Gauge({
      name: 'podium_planned_node_intents',
      help: 'Node intents of all nodes in the current plan.',
      registers,
    });
    this.#nodeIntentFailures = new Counter({
      name: 'podium_node_intent_delivery_failures_total',
      help: 'Deliveries of node intents that failed and will be tried again.',
      registers,
    });
    this.#nodeIntentDrift = new Counter({
      name: 'podium_node_intent_drift_total',
      help: 'Agents found by the sweep with other node intents than they acknowledged.',
      registers,
    });
  }

  /** Counted when the page is read: `look` tells of the agents of the first generation as they are then. */
  watchFleet(look: () => FirstGenerationCounts): void {
    this.#lookAtFleet = look;
  }

  passed(seconds: number, intents: number, nodeIntents: number): void {
    this.#passes.observe(seconds);
    this.#intents.set(intents);
    this.#nodeIntents.set(nodeIntents);
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

  nodeIntentsFailed(): void {
    this.#nodeIntentFailures.inc();
  }

  nodeIntentsDrifted(): void {
    this.#nodeIntentDrift.inc();
  }
}
