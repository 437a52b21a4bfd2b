import type { MetricsPage } from './agent-under-test.js';

const BUCKET = /^podium_agent_scan_duration_seconds_bucket\{le="([^"]+)"\}$/;

/** How many scans there were up to now. */
export function scanCount(page: MetricsPage): number {
  return page.get('podium_agent_scan_duration_seconds_count') ?? 0;
}

/** Mean and median of the scans between two pages, in milliseconds; the median is interpolated in its bucket. */
export function scanTimes(before: MetricsPage, after: MetricsPage) {
  const count = scanCount(after) - scanCount(before);
  const sum = 'podium_agent_scan_duration_seconds_sum';
  const meanMs = (((after.get(sum) ?? 0) - (before.get(sum) ?? 0)) * 1_000) / count;
  return { count, meanMs, medianMs: interpolated(before, after, count / 2) };
}

function interpolated(before: MetricsPage, after: MetricsPage, rank: number): number {
  let lowerMs = 0;
  let belowCount = 0;
  for (const [series, value] of after) {
    const le = BUCKET.exec(series)?.[1];
    if (le === undefined) continue;
    const count = value - (before.get(series) ?? 0);
    if (count >= rank) {
      if (le === '+Inf') return Number.POSITIVE_INFINITY;
      const upperMs = Number(le) * 1_000;
      return lowerMs + ((upperMs - lowerMs) * (rank - belowCount)) / (count - belowCount);
    }
    lowerMs = Number(le) * 1_000;
    belowCount = count;
  }
  return Number.NaN;
}
