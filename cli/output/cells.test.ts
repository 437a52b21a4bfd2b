import { describe, expect, it } from 'vitest';
import { durationText, selectorText, timeText, userStatusText } from './cells.js';

describe('cells', () => {
  it('show times in UTC, whichever way the API spells them', () => {
    expect(timeText(1_767_225_600_000)).toBe('2026-01-01 00:00:00Z');
    expect(timeText('2026-01-01T00:00:00.123Z')).toBe('2026-01-01 00:00:00Z');
    for (const nothing of [undefined, '', 0, 'never']) expect(timeText(nothing)).toBe('');
  });

  it('show time slices with the unit that makes them short', () => {
    expect([5_000_000, 150_000, 100_001, 0].map(durationText)).toEqual(['5ms', '150µs', '100001ns', '']);
  });

  it('show selectors as kubectl writes them', () => {
    const selectors = [
      { key: 'app', value: 'web' },
      { key: 'tier', operator: 'In', values: ['a', 'b'] },
      { key: 'env', operator: 'NotIn', values: ['dev'] },
      { key: 'gpu', operator: 'Exists', values: [] },
      { key: 'old', operator: 'DoesNotExist' },
    ];

    expect(selectorText(selectors)).toBe('app=web,tier in (a,b),env notin (dev),gpu,!old');
  });

  it('show the status of a user in words, an unknown one as it is', () => {
    expect([1, 2, 3, 9].map((status) => userStatusText({ status }))).toEqual([
      'active',
      'disabled',
      'must change password',
      '9',
    ]);
  });
});
