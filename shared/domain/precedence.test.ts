import { describe, expect, it } from 'vitest';
import { compareRank, type Ranked } from './precedence.js';

function aRank(overrides: Partial<Ranked> = {}): Ranked {
  return { precedence: 0, priority: 10, strategyCreatedTime: 1_000, strategyID: 'b', ...overrides };
}

describe('compareRank', () => {
  it.each([
    ['higher precedence beats a stronger priority', { precedence: 1, priority: 20 }, { priority: 1 }],
    ['stronger priority beats an older strategy', { priority: 3, strategyCreatedTime: 9_000 }, {}],
    ['an older strategy beats a smaller id', { strategyCreatedTime: 999, strategyID: 'z' }, {}],
    ['a smaller id beats a larger one', { strategyID: 'a' }, {}],
  ])('%s', (_title, winner, loser) => {
    expect(compareRank(aRank(winner), aRank(loser))).toBeLessThan(0);
    expect(compareRank(aRank(loser), aRank(winner))).toBeGreaterThan(0);
  });

  it('finds a strategy equal to itself', () => {
    expect(compareRank(aRank(), aRank())).toBe(0);
  });
});
