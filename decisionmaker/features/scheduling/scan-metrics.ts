import type { Clock } from '../../../shared/lifecycle/clock.js';
import { AgeGauge } from '../../../shared/observability/age-gauge.js';
import { Gauge, Histogram, type Registry } from '../../../shared/observability/metrics.js';
import type { ProcessSnapshot } from '../../domain/pod-process.js';

const SCAN_BUCKETS_SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1];

/** What looking at the node costs and comes to. */
export class ScanMetrics {
  readonly #duration: Histogram;
  readonly #processes: Gauge;
  readonly #pods: Gauge;
  readonly #decisions: Gauge;
  readonly #truncated: Gauge;
  readonly #lastPoll: AgeGauge;

  constructor(registry: Registry, clock: Clock) {
    const registers = [registry];
    const gauge = (name: string, help: string) => new Gauge({ name, help, registers });
    this.#duration = new Histogram({
      name: 'podium_agent_scan_duration_seconds',
      help: 'Time to look at the processes and to decide about them.',
      buckets: SCAN_BUCKETS_SECONDS,
      registers,
    });
    this.#processes = gauge('podium_agent_processes', 'Processes of pods on this node.');
    this.#pods = gauge('podium_agent_pods', 'Pods with processes on this node.');
    this.#decisions = gauge('podium_agent_decisions', 'Processes and threads the scheduler is told about.');
    this.#truncated = gauge(
      'podium_agent_decisions_truncated',
      'Processes and threads left out because the scheduler has no room for more.',
    );
    this.#lastPoll = new AgeGauge(
      {
        name: 'podium_agent_scheduler_poll_age_seconds',
        help: 'Time since a scheduler last asked; absent before it ever did.',
      },
      registry,
      clock,
    );
  }

  scanned(seconds: number): void {
    this.#duration.observe(seconds);
  }

  seen(snapshot: ProcessSnapshot): void {
    this.#processes.set(snapshot.processCount);
    this.#pods.set(snapshot.byPod.size);
  }

  decided(decisions: number, truncated: number): void {
    this.#decisions.set(decisions);
    this.#truncated.set(truncated);
  }

  polled(): void {
    this.#lastPoll.happened();
  }
}
