import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks';
import type { Clock } from '../../../shared/lifecycle/clock.js';
import type { Component } from '../../../shared/lifecycle/component.js';
import { Gauge, type Registry } from '../../../shared/observability/metrics.js';

/** A sample is a timer of its own: finer ones cost more than everything else an idle agent does. */
const SAMPLE_MS = 100;

/** After so long samples become the previous window; what is told is over this one and the previous. */
const WINDOW_MS = 60_000;

const NS_IN_MS = 1_000_000;
const NS_IN_SECOND = 1_000_000_000;

/** Seconds. */
interface Delay {
  readonly p99: number;
  readonly max: number;
}

const NO_DELAY: Delay = { p99: 0, max: 0 };

/** How late the event loop comes to what is due, which is how long a request may have to wait for nothing. */
export class EventLoopDelay implements Component {
  readonly name = 'event loop delay';
  readonly #clock: Clock;
  readonly #histogram: IntervalHistogram;
  #previous = NO_DELAY;
  #windowBeganAtMs = 0;

  constructor(registry: Registry, clock: Clock) {
    this.#clock = clock;
    this.#histogram = monitorEventLoopDelay({ resolution: SAMPLE_MS });
    const gauge = (name: string, help: string, value: () => number) =>
      new Gauge({
        name,
        help,
        registers: [registry],
        collect() {
          this.set(value());
        },
      });
    gauge(
      'podium_agent_event_loop_delay_p99_seconds',
      'How late the event loop came to what was due, 99th percentile over the last one to two minutes.',
      () => this.delay().p99,
    );
    gauge(
      'podium_agent_event_loop_delay_max_seconds',
      'How late the event loop came to what was due, at most, over the last one to two minutes.',
      () => this.delay().max,
    );
  }

  async start(): Promise<void> {
    this.#windowBeganAtMs = this.#clock.monotonicMs();
    this.#histogram.enable();
  }

  async stop(): Promise<void> {
    this.#histogram.disable();
  }

  delay(): Delay {
    const current = delayIn(this.#histogram);
    const told = {
      p99: Math.max(current.p99, this.#previous.p99),
      max: Math.max(current.max, this.#previous.max),
    };
    if (this.#clock.monotonicMs() - this.#windowBeganAtMs >= WINDOW_MS) {
      this.#previous = current;
      this.#windowBeganAtMs = this.#clock.monotonicMs();
      this.#histogram.reset();
    }
    return told;
  }
}

/** The histogram holds the time between two samples, of which only what is beyond the interval is delay. */
function delayIn(histogram: IntervalHistogram): Delay {
  if (histogram.count === 0) return NO_DELAY;
  const seconds = (ns: number) => Math.max(0, ns - SAMPLE_MS * NS_IN_MS) / NS_IN_SECOND;
  return { p99: seconds(histogram.percentile(99)), max: seconds(histogram.max) };
}
