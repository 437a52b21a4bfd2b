import type { SchedulerMetrics } from '../../../shared/contract/scheduler-api.js';
import type { Clock } from '../../../shared/lifecycle/clock.js';
import { AgeGauge } from '../../../shared/observability/age-gauge.js';
import { Gauge, type Registry } from '../../../shared/observability/metrics.js';

/** The public name of each of the scheduler's numbers on the metrics page, and what it is (contract 2.7). */
const GAUGES: Readonly<Record<keyof SchedulerMetrics, readonly [name: string, help: string]>> = {
  usersched_last_run_at: ['user_sched_last_run_at', 'When the user-space scheduler last ran.'],
  nr_queued: ['nr_queued', 'Tasks waiting in the user-space scheduler.'],
  nr_scheduled: ['nr_scheduled', 'Tasks the user-space scheduler has placed and not yet sent on.'],
  nr_running: ['nr_running', 'Tasks running under the scheduler.'],
  nr_online_cpus: ['nr_online_cpus', 'CPUs online.'],
  nr_user_dispatches: ['nr_user_dispatches', 'Dispatches by the user-space scheduler.'],
  nr_kernel_dispatches: ['nr_kernel_dispatches', 'Dispatches by the kernel side.'],
  nr_cancel_dispatches: ['nr_cancel_dispatches', 'Dispatches that were cancelled.'],
  nr_bounce_dispatches: ['nr_bounce_dispatches', 'Dispatches sent to another queue than asked for.'],
  nr_failed_dispatches: ['nr_failed_dispatches', 'Dispatches that failed.'],
  nr_sched_congested: ['nr_sched_congested', 'Times the scheduler was congested.'],
};

export interface SchedulerMetricsOptions {
  /** Asked at each report, because it is read when the agent starts. */
  readonly machineId: () => string;
  /** Time after a report until its gauges are dropped, in milliseconds; 0 = never. */
  readonly silenceMs: number;
  readonly clock: Clock;
}

interface Report {
  readonly metrics: SchedulerMetrics;
  readonly atMs: number;
}

/**
 * The scheduler's last report as gauges under their public names: absent before the first one, and again once the
 * scheduler has been silent, because old numbers that look new are worse than none (contract, defect 87).
 */
export class SchedulerMetricsExporter {
  readonly #options: SchedulerMetricsOptions;
  readonly #lastReport: AgeGauge;
  #report: Report | undefined;

  constructor(registry: Registry, options: SchedulerMetricsOptions) {
    this.#options = options;
    for (const field of Object.keys(GAUGES) as (keyof SchedulerMetrics)[]) this.#register(registry, field);
    this.#lastReport = new AgeGauge(
      {
        name: 'podium_agent_scheduler_report_age_seconds',
        help: 'Time since the scheduler last sent its metrics; absent before it ever did.',
      },
      registry,
      options.clock,
    );
  }

  /** The last report wins as a whole. */
  report(metrics: SchedulerMetrics): void {
    this.#report = { metrics, atMs: this.#options.clock.monotonicMs() };
    this.#lastReport.happened();
  }

  #register(registry: Registry, field: keyof SchedulerMetrics): void {
    const [name, help] = GAUGES[field];
    const current = () => this.#current();
    const { machineId } = this.#options;
    new Gauge({
      name,
      help,
      labelNames: ['machine_id'],
      registers: [registry],
      collect() {
        this.reset();
        const metrics = current();
        if (metrics !== undefined) this.set({ machine_id: machineId() }, metrics[field]);
      },
    });
  }

  /** What the scheduler told, unless that is too long ago. */
  #current(): SchedulerMetrics | undefined {
    const { silenceMs, clock } = this.#options;
    if (this.#report === undefined) return undefined;
    const isSilent = silenceMs > 0 && clock.monotonicMs() - this.#report.atMs > silenceMs;
    return isSilent ? undefined : this.#report.metrics;
  }
}
