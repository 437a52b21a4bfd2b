import { describe, expect, it } from 'vitest';
import { humanDuration } from './human-duration.js';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

describe('humanDuration', () => {
  it.each([
    [-1500, '0s'],
    [-2000, '<invalid>'],
    [0, '0s'],
    [119 * SECOND, '119s'],
    [2 * MINUTE, '2m'],
    [5 * MINUTE + 30 * SECOND, '5m30s'],
    [10 * MINUTE + 59 * SECOND, '10m'],
    [179 * MINUTE, '179m'],
    [3 * HOUR + 5 * MINUTE, '3h5m'],
    [8 * HOUR, '8h'],
    [47 * HOUR, '47h'],
    [2 * DAY + 4 * HOUR, '2d4h'],
    [8 * DAY + HOUR, '8d'],
    [400 * DAY, '400d'],
    [760 * DAY, '2y30d'],
    [3000 * DAY, '8y'],
  ])('writes %d ms as %s', (durationMs, expected) => {
    expect(humanDuration(durationMs)).toBe(expected);
  });
});
