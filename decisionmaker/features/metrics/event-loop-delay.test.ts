import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { systemClock } from '../../../shared/lifecycle/clock.js';
import { Registry } from '../../../shared/observability/metrics.js';
import { EventLoopDelay } from './event-loop-delay.js';

const BLOCKED_MS = 400;

let nowMs: number;
let delay: EventLoopDelay;
beforeEach(async () => {
  nowMs = 0;
  delay = new EventLoopDelay(new Registry(), { ...systemClock, monotonicMs: () => nowMs });
  await delay.start();
});
afterEach(() => delay.stop());

function block(): void {
  const endsAtMs = performance.now() + BLOCKED_MS;
  while (performance.now() < endsAtMs) {
    // Nothing else runs meanwhile, which is the point.
  }
}

async function blockOnce(): Promise<void> {
  // The first sample begins the measuring of intervals.
  await sleep(250);
  block();
  await sleep(250);
}

it('tells how late the loop was, without the interval between two samples', async () => {
  await blockOnce();

  // One interval may have passed before the loop was blocked, and a busy machine only makes it later.
  expect(delay.delay().max).toBeGreaterThanOrEqual((BLOCKED_MS - 100) / 1_000);
});

it('forgets it after two windows', async () => {
  await blockOnce();
  nowMs = 60_000;
  const atTheEndOfTheWindow = delay.delay().max;
  const inTheNext = delay.delay().max;
  nowMs = 120_000;
  delay.delay();

  expect(atTheEndOfTheWindow).toBeGreaterThan(0.2);
  expect(inTheNext).toBe(atTheEndOfTheWindow);
  expect(delay.delay().max).toBeLessThan(atTheEndOfTheWindow);
});

it('tells nothing of a loop that was not watched', () => {
  const unwatched = new EventLoopDelay(new Registry(), systemClock);

  expect(unwatched.delay()).toEqual({ p99: 0, max: 0 });
});
