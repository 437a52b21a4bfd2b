import { describe, expect, it } from 'vitest';
import { globMatches } from './glob.js';

describe('globMatches', () => {
  it.each([
    ['web', 'web', true],
    ['web', 'web-1', false],
    ['web-*', 'web-1', true],
    ['web-*', 'web-', true],
    ['*', '', true],
    ['*-prod', 'team-prod', true],
    ['*-prod', 'team-prod-2', false],
    ['a*b*c', 'aXbYc', true],
    ['a*b*c', 'acb', false],
    ['a*a', 'a', false],
    ['a*ab*b', 'aab', false],
    ['team.*', 'teamX1', false],
  ])('%s on %s is %s', (glob, text, expected) => {
    expect(globMatches(glob, text)).toBe(expected);
  });

  it('does not blow up on many stars', () => {
    expect(globMatches(`${'*a'.repeat(50)}b`, 'a'.repeat(10_000))).toBe(false);
  });
});
