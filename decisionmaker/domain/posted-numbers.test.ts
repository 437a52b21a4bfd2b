import { describe, expect, it } from 'vitest';
import { adoptedPriority, adoptedSliceNs } from './posted-numbers.js';

describe('numbers of a legacy item', () => {
  it.each([
    [undefined, 10],
    [0, 0],
    [7, 7],
    [20, 20],
    [-3, 0],
    [21, 20],
    [2n ** 63n - 1n, 20],
    [-(2n ** 63n), 0],
  ])('a priority of %s counts as %s', (posted, priority) => {
    expect(adoptedPriority(posted)).toBe(priority);
  });

  it.each([
    [undefined, 0],
    [0, 0],
    [-1, 0],
    [1, 100_000],
    [100_000, 100_000],
    [5_000_000, 5_000_000],
    [1_000_000_001, 1_000_000_000],
    [2n ** 63n - 1n, 1_000_000_000],
  ])('a slice of %s counts as %s', (posted, sliceNs) => {
    expect(adoptedSliceNs(posted)).toBe(sliceNs);
  });
});
