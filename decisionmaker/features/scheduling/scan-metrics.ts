import type { Clock } from '../../../shared/lifecycle/clock.js';
import { AgeGauge } from '../../../shared/observability/age-gauge.js';
import { Counter, Gauge, Histogram, type Registry } from '../../../shared/observability/metrics.js';
import type { EngineCounts } from '../../ports/decision-engine.js';

const SCAN_BUCKETS_SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1];

/** What looking at the node costs and comes to. */
export class ScanMetrics {
  readonly #duration: Histogram;
  readonly #processes: Gauge;
  readonly #pods: Gauge;
  readonly #decisions: Gauge;
  readonly #truncated: Gauge;
  readonly #conflicts: Gauge;
  readonly #watches: Gauge;
  readonly #openFiles: Gauge;
  readonly #regexSeconds: Counter;
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
    this.#conflicts = gauge(
      'podium_agent_cgroup_conflicts',
      'Processes whose cgroups name two pods, so that they belong to none.',
    );
    this.#watches = gauge(
      'podium_agent_cgroup_watches',
      'Cgroup directories of which the kernel tells changes.',
    );
    this.#openFiles = gauge('podium_agent_cgroup_open_files', 'Lists of processes that are kept open.');
    this.#regexSeconds = new Counter({
      name: 'podium_agent_regex_seconds_total',
      help: 'Time spent on matching regexes.',
      registers,
    });
    this.#lastPoll = new AgeGauge(
      {
        name: 'podium_agent_scheduler_poll_age_seconds',
        help: 'Time since a scheduler last asked; absent before it ever did.',
      },
      registry,
      clock,
    );
  }

  looked(counts: EngineCounts): void {
    for (const seconds of counts.lookSeconds) this.#duration.observe(seconds);
    this.#processes.set(counts.processes);
    this.#pods.set(counts.pods);
    this.#decisions.set(counts.decisions);
    this.#truncated.set(counts.truncated);
    this.#conflicts.set(counts.conflicts);
    this.#watches.set(counts.watches);
    this.#openFiles.set(counts.openFiles);
    // Counted anew by each engine.
    this.#regexSeconds.reset();
    this.#regexSeconds.inc(counts.regexSeconds);
  }

  polled(): void {
    this.#lastPoll.happened();
  }
}
