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

/** The scheduler's last report as gauges under their public names, absent before the first one. */
export class SchedulerMetricsExporter {
  readonly #gauges: ReadonlyMap<keyof SchedulerMetrics, Gauge<'machine_id'>>;
  readonly #machineId: () => string;
  readonly #lastReport: AgeGauge;

  /** @param machineId Asked at each report, because it is read when the agent starts. */
  constructor(registry: Registry, machineId: () => string, clock: Clock) {
    this.#machineId = machineId;
    this.#gauges = new Map(
      (Object.keys(GAUGES) as (keyof SchedulerMetrics)[]).map((field) => {
        const [name, help] = GAUGES[field];
        return [field, new Gauge({ name, help, labelNames: ['machine_id'], registers: [registry] })];
      }),
    );
    this.#lastReport = new AgeGauge(
      {
        name: 'podium_agent_scheduler_report_age_seconds',
        help: 'Time since the scheduler last sent its metrics; absent before it ever did.',
      },
      registry,
      clock,
    );
  }

  /** The last report wins as a whole. */
  report(metrics: SchedulerMetrics): void {
    const labels = { machine_id: this.#machineId() };
    for (const [field, gauge] of this.#gauges) gauge.set(labels, metrics[field]);
    this.#lastReport.happened();
  }
}
