import { PATHS } from '../../../shared/contract/decision-maker-api.js';
import { emptySuccess } from '../../../shared/contract/envelope.js';
import { schedulerMetrics } from '../../../shared/contract/scheduler-api.js';
import { success } from '../../../shared/http/answers.js';
import { type Route, requires, route } from '../../../shared/http/route.js';
import type { Clock } from '../../../shared/lifecycle/clock.js';
import { PERMISSION, type Principal } from '../../domain/principal.js';
import type { SchedulerMetricsExporter } from './scheduler-metrics.js';

export function metricRoutes(exporter: SchedulerMetricsExporter, clock: Clock): readonly Route<Principal>[] {
  return [
    route(
      {
        method: 'post',
        path: PATHS.metrics,
        summary: 'Takes the scheduler’s counters',
        description: 'They stand on /metrics until the next report. Missing fields count as 0.',
        tag: 'scheduler',
        access: requires(PERMISSION.sendMetrics),
        routine: true,
        body: schedulerMetrics,
        answers: { 200: { description: 'Taken', schema: emptySuccess } },
      },
      ({ body }) => {
        exporter.report(body);
        return success(clock.now());
      },
    ),
  ];
}
