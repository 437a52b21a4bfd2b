import { describe, expect, it } from 'vitest';
import {
  afterFailure,
  type FailureCount,
  failuresAt,
  NO_FAILURES,
  type ThrottleRule,
  waitMs,
} from './login-throttle.js';
import { networkOf } from './network.js';

const RULE: ThrottleRule = { failures: 5, windowMs: 300_000, firstDelayMs: 10_000, longestDelayMs: 300_000 };

function failing(times: number, everyMs: number, start: FailureCount = NO_FAILURES, fromMs = 1_000) {
  let count = start;
  for (let turn = 0; turn < times; turn++) count = afterFailure(count, RULE, fromMs + turn * everyMs);
  return count;
}

describe('failed sign-ins', () => {
  it('are borne up to the fifth within the window', () => {
    expect(waitMs(failing(4, 1_000), 5_000)).toBe(0);
    expect(waitMs(failing(5, 1_000), 5_000)).toBe(10_000);
  });

  it('make each next wait twice as long, up to the longest', () => {
    let count = failing(5, 0);
    const waits = [waitMs(count, 1_000)];
    for (let turn = 0; turn < 7; turn++) {
      const atMs = count.blockedUntilMs;
      count = afterFailure(count, RULE, atMs);
      waits.push(waitMs(count, atMs));
    }

    expect(waits.map((ms) => ms / 1_000)).toEqual([10, 20, 40, 80, 160, 300, 300, 300]);
  });

  it('that come one in a while are no attack', () => {
    expect(waitMs(failing(1_000, 61_000), 1_000 + 999 * 61_000)).toBe(0);
  });

  it('are forgotten after a quiet window, with the waits before', () => {
    const count = failing(6, 0);

    expect(failuresAt(count, RULE, count.blockedUntilMs)).toBe(5);
    expect(failuresAt(count, RULE, count.blockedUntilMs + 300_000)).toBe(0);
    const later = failing(5, 0, count, count.blockedUntilMs + 300_000);
    expect(waitMs(later, count.blockedUntilMs + 300_000)).toBe(10_000);
  });

  it('during a wait never make it shorter', () => {
    const count = failing(8, 0);

    expect(afterFailure(count, RULE, 2_000).blockedUntilMs).toBeGreaterThanOrEqual(count.blockedUntilMs);
  });
});

describe('networkOf', () => {
  it.each([
    ['203.0.113.77', '203.0.113.0/24'],
    ['::ffff:203.0.113.77', '203.0.113.0/24'],
    ['2001:db8:0:1:ffff::1', '2001:db8:0:1::/64'],
    ['2001:DB8::1', '2001:db8:0:0::/64'],
    ['2001:0db8:0000:0001:0:0:0:1', '2001:db8:0:1::/64'],
    ['::1', '0:0:0:0::/64'],
    ['1::', '1:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['', ''],
    [undefined, 'this machine'],
  ])('puts %s into %s', (address, network) => {
    expect(networkOf(address)).toBe(network);
  });
});
