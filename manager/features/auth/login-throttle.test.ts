import { beforeEach, describe, expect, it } from 'vitest';
import { DomainError } from '../../../shared/domain/domain-error.js';
import { systemClock } from '../../../shared/lifecycle/clock.js';
import { LoginThrottle, type LoginThrottleSettings } from './login-throttle.js';

const SETTINGS: LoginThrottleSettings = {
  enabled: true,
  failuresPerAccount: 5,
  failuresPerNetwork: 50,
  failuresInAll: 1_000,
  windowMs: 300_000,
  longestDelayMs: 300_000,
};
const HOME = '198.51.100.7';
const ELSEWHERE = '203.0.113.9';

let nowMs = 0;
let throttle: LoginThrottle;
const clock = { ...systemClock, monotonicMs: () => nowMs };
beforeEach(() => {
  nowMs = 1_000_000;
  throttle = new LoginThrottle(SETTINGS, clock);
});

/** Right, wrong, or the seconds to wait. */
async function attempt(username: string, address: string, right: boolean): Promise<boolean | number> {
  try {
    return await throttle.guard({ username, address }, async () => right);
  } catch (error) {
    if (error instanceof DomainError && error.code === 'throttled') return error.retryAfterSec ?? 0;
    throw error;
  }
}

async function failures(times: number, username: string, address: string) {
  const answers = [];
  for (let turn = 0; turn < times; turn++) answers.push(await attempt(username, address, false));
  return answers;
}

describe('throttled sign-ins', () => {
  it('wait after five failures, longer each time, and are free again after a right one', async () => {
    expect(await failures(6, 'zoe', HOME)).toEqual([false, false, false, false, false, 10]);
    nowMs += 9_500;
    expect(await attempt('zoe', HOME, true)).toBe(1);
    nowMs += 500;
    expect(await failures(2, 'zoe', HOME)).toEqual([false, 20]);
    nowMs += 20_000;
    expect(await attempt('zoe', HOME, true)).toBe(true);
    expect(await failures(5, 'zoe', HOME)).toEqual([false, false, false, false, false]);
  });

  it('of names that nobody has, and of names in another case, are counted alike', async () => {
    await failures(3, 'nobody', HOME);
    expect(await failures(3, 'NoBody', HOME)).toEqual([false, false, 10]);
  });

  it('count for the whole network', async () => {
    await failures(5, 'zoe', '198.51.100.1');

    expect(await attempt('zoe', '198.51.100.200', true)).toBe(10);
    expect(await attempt('zoe', '::ffff:198.51.100.200', true)).toBe(10);
    expect(await attempt('zoe', '198.51.101.1', true)).toBe(true);
  });

  it('never hold up the owner in another network, however many there are', async () => {
    for (let host = 0; host < 3_000; host++) {
      await attempt('zoe', `203.${host >> 8}.${host & 255}.1`, false);
      nowMs += 400;
    }

    expect(await attempt('zoe', HOME, true)).toBe(true);
  });

  it('of many names from one network hold up that network only', async () => {
    for (let name = 0; name < 60; name++) await attempt(`name-${name}`, ELSEWHERE, false);

    expect(await attempt('another', ELSEWHERE, true)).toBe(10);
    expect(await attempt('another', HOME, true)).toBe(true);
  });

  it('are not cleared for a network by an account that its attacker has', async () => {
    for (let name = 0; name < 60; name++) {
      await attempt(`name-${name}`, ELSEWHERE, false);
      await attempt('mallory', ELSEWHERE, true);
    }

    expect(await attempt('mallory', ELSEWHERE, true)).toBe(10);
  });

  it('of a whole botnet slow down strangers, not who signed in from there before', async () => {
    await attempt('zoe', HOME, true);
    for (let host = 0; host < 1_100; host++) {
      await attempt('zoe', `203.${host >> 8}.${host & 255}.1`, false);
    }

    expect(await attempt('zoe', ELSEWHERE, true)).toBe(1);
    expect(await attempt('zoe', HOME, true)).toBe(true);
    nowMs += 1_000;
    expect(await attempt('zoe', '192.0.2.1', true)).toBe(true);
  });

  it('at one time are no more guesses than in a row', async () => {
    let guesses = 0;
    const tries = Array.from({ length: 100 }, () =>
      throttle.guard({ username: 'zoe', address: HOME }, async () => {
        guesses++;
        await new Promise((resolve) => setImmediate(resolve));
        return false;
      }),
    );

    const answers = await Promise.allSettled(tries);

    expect(guesses).toBe(5);
    expect(answers.filter(({ status }) => status === 'rejected')).toHaveLength(95);
  });

  it('at one time are all let in when they are right', async () => {
    const tries = Array.from({ length: 100 }, () =>
      throttle.guard({ username: 'zoe', address: HOME }, async () => {
        await new Promise((resolve) => setImmediate(resolve));
        return true;
      }),
    );

    expect(await Promise.all(tries)).toEqual(Array(100).fill(true));
  });

  it('that could not be checked count neither way', async () => {
    const broken = () =>
      throttle.guard({ username: 'zoe', address: HOME }, async () => {
        throw new Error('the store is away');
      });
    for (let turn = 0; turn < 20; turn++) await expect(broken()).rejects.toThrow('the store is away');

    expect(await failures(5, 'zoe', HOME)).toEqual([false, false, false, false, false]);
  });

  it('are not held up at all when that is switched off', async () => {
    throttle = new LoginThrottle({ ...SETTINGS, enabled: false }, clock);

    expect(await failures(20, 'zoe', HOME)).toEqual(Array(20).fill(false));
  });
});
