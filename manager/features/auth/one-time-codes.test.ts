import { describe, expect, it } from 'vitest';
import { OneTimeCodes } from './one-time-codes.js';

describe('OneTimeCodes', () => {
  let nowMs = 0;
  const clock = { now: () => nowMs, monotonicMs: () => nowMs, sleep: async () => {} };

  it('gives a value once, within a minute', () => {
    const codes = new OneTimeCodes<string>(clock);
    const [first, second] = [codes.keep('a'), codes.keep('b')];

    expect(codes.take(first)).toBe('a');
    expect(codes.take(first)).toBeUndefined();
    expect(codes.take('')).toBeUndefined();
    nowMs += 60_000;
    expect(codes.take(second)).toBeUndefined();
  });

  it('keeps no more than a thousand, the newest', () => {
    const codes = new OneTimeCodes<number>(clock);
    const all = Array.from({ length: 1_001 }, (_, index) => codes.keep(index));

    expect(codes.take(all[0] ?? '')).toBeUndefined();
    expect(codes.take(all[1] ?? '')).toBe(1);
    expect(codes.take(all[1_000] ?? '')).toBe(1_000);
  });
});
