const SECOND = 1;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const YEAR = 365 * DAY;

interface Step {
  /** Durations shorter than this many seconds are written this way. */
  readonly belowSec: number;
  readonly unit: readonly [text: string, sec: number];
  /** The rest is written too, when there is any. */
  readonly rest?: readonly [text: string, sec: number];
}

const STEPS: readonly Step[] = [
  { belowSec: 2 * MINUTE, unit: ['s', SECOND] },
  { belowSec: 10 * MINUTE, unit: ['m', MINUTE], rest: ['s', SECOND] },
  { belowSec: 180 * MINUTE, unit: ['m', MINUTE] },
  { belowSec: 8 * HOUR, unit: ['h', HOUR], rest: ['m', MINUTE] },
  { belowSec: 48 * HOUR, unit: ['h', HOUR] },
  { belowSec: 8 * DAY, unit: ['d', DAY], rest: ['h', HOUR] },
  { belowSec: 2 * YEAR, unit: ['d', DAY] },
  { belowSec: 8 * YEAR, unit: ['y', YEAR], rest: ['d', DAY] },
  { belowSec: Number.POSITIVE_INFINITY, unit: ['y', YEAR] },
];

/**
 * A duration as kubectl's tables show it: the longer it is, the coarser (90s, 5m30s, 3h5m, 2d4h, 400d, 2y30d).
 * Up to two seconds in the future count as now, because clocks differ.
 */
export function humanDuration(durationMs: number): string {
  const seconds = Math.trunc(durationMs / 1000);
  if (seconds < -1) return '<invalid>';
  const duration = Math.max(seconds, 0);
  const step = STEPS.find(({ belowSec }) => duration < belowSec);
  if (step === undefined) return '<invalid>';
  const [unit, unitSec] = step.unit;
  const whole = `${Math.floor(duration / unitSec)}${unit}`;
  if (step.rest === undefined) return whole;
  const [restUnit, restSec] = step.rest;
  const rest = Math.floor((duration % unitSec) / restSec);
  return rest === 0 ? whole : `${whole}${rest}${restUnit}`;
}
