import { describe, expect, it } from 'vitest';
import { backoffMs } from './backoff.js';

const policy = { minMs: 100, maxMs: 5_000 };

describe('backoffMs', () => {
  it('doubles from the minimum and stops at the maximum', () => {
    const ceilings = [1, 2, 3, 6, 7, 1_000].map((attempt) => backoffMs(policy, attempt, 1));

    expect(ceilings).toEqual([100, 200, 400, 3_200, 5_000, 5_000]);
  });

  it('never waits less than half of the ceiling', () => {
    expect(backoffMs(policy, 3, 0)).toBe(200);
  });
});
