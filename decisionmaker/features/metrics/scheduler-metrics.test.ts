import { beforeEach, describe, expect, it } from 'vitest';
import { type SchedulerMetrics, schedulerMetrics } from '../../../shared/contract/scheduler-api.js';
import { systemClock } from '../../../shared/lifecycle/clock.js';
import { Registry } from '../../../shared/observability/metrics.js';
import { SchedulerMetricsExporter } from './scheduler-metrics.js';

const MINUTE_MS = 60_000;

let nowMs: number;
let registry: Registry;
beforeEach(() => {
  nowMs = 1_000;
  registry = new Registry();
});

function exporter(silenceMs = MINUTE_MS): SchedulerMetricsExporter {
  const clock = { ...systemClock, monotonicMs: () => nowMs };
  return new SchedulerMetricsExporter(registry, { machineId: () => 'machine-1', silenceMs, clock });
}

function report(fields: Readonly<Record<string, number | bigint>> = {}): SchedulerMetrics {
  return schedulerMetrics.parse(fields);
}

/** The samples of the 11 public gauges on the page. */
async function publicSamples(): Promise<string[]> {
  return (await registry.metrics()).split('\n').filter((line) => /^(nr_|user_sched_)/.test(line));
}

describe('SchedulerMetricsExporter', () => {
  it('shows nothing before the first report, then all 11, whatever the report held', async () => {
    const metrics = exporter();
    expect(await publicSamples()).toEqual([]);

    metrics.report(report({ nr_queued: 7 }));

    const samples = await publicSamples();
    expect(samples).toHaveLength(11);
    expect(samples).toContain('nr_queued{machine_id="machine-1"} 7');
    expect(samples).toContain('user_sched_last_run_at{machine_id="machine-1"} 0');
  });

  it('drops the numbers of a scheduler that went silent, keeps its age, and shows the next report', async () => {
    const metrics = exporter();
    metrics.report(report({ nr_running: 3 }));
    nowMs += MINUTE_MS;
    expect(await publicSamples()).toHaveLength(11);

    nowMs += 1;
    expect(await publicSamples()).toEqual([]);
    expect(await registry.metrics()).toMatch(/^podium_agent_scheduler_report_age_seconds 60\.001$/m);

    metrics.report(report({ nr_running: 4 }));
    expect(await publicSamples()).toContain('nr_running{machine_id="machine-1"} 4');
  });

  it('keeps the numbers for ever where that is wanted', async () => {
    exporter(0).report(report());
    nowMs += 1_000 * MINUTE_MS;

    expect(await publicSamples()).toHaveLength(11);
  });

  it.each([0n, 2n ** 53n - 1n, 2n ** 53n + 1n, 1_234_567_890_123_456_789n, 2n ** 64n - 1n])(
    'writes %s so that a reader of the page gets the nearest number it can hold',
    async (value) => {
      exporter().report(report({ usersched_last_run_at: value }));

      const sample = (await publicSamples()).find((line) => line.startsWith('user_sched_last_run_at'));
      const written = sample?.split(' ').at(-1) ?? '';

      // Prometheus reads samples as 64-bit floats; digits and no exponent suit every other reader.
      expect(written).toMatch(/^\d+$/);
      expect(Number(written)).toBe(Number(value));
    },
  );
});
