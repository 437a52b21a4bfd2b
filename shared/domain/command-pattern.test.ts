import { describe, expect, it } from 'vitest';
import { compileCommandPattern } from './command-pattern.js';

function matches(source: string, text: string): boolean {
  const result = compileCommandPattern(source);
  if (!result.ok) throw new Error(result.reason);
  return result.pattern.matches(text);
}

describe('compileCommandPattern', () => {
  it.each([
    ['nginx', 'my-nginx-2', true],
    ['^nginx$', 'nginx', true],
    ['^nginx$', 'nginx: worker', false],
    ['NGINX', 'nginx', false],
    ['(?i)NGINX', 'nginx', true],
    ['', 'anything', true],
    ['my worker|a\\)b', 'a)b c', true],
    ['\\Qa.b\\E', 'a.b', true],
    ['^.$', '🦑', true],
  ])('%j on %j is %s', (source, text, expected) => {
    expect(matches(source, text)).toBe(expected);
  });

  it.each(['(', '(?=n)nginx', '(?<=n)ginx', '(?<!n)ginx', '(a)\\1', 'a{1001}', '[z-a]'])(
    'refuses %j, which RE2 does not compile, and says why',
    (source) => {
      const result = compileCommandPattern(source);

      expect(result).toMatchObject({ ok: false, reason: expect.stringContaining('RE2') });
    },
  );

  it('counts characters, not UTF-16 units, against the limit of 256', () => {
    expect(compileCommandPattern('🦑'.repeat(256)).ok).toBe(true);
    expect(compileCommandPattern('🦑'.repeat(257))).toEqual({
      ok: false,
      reason: 'must be at most 256 characters, found 257',
    });
  });

  it('answers a pattern that blows up a backtracking engine', () => {
    expect(matches('^(([a-z])+.)+[A-Z]([a-z])+$', 'a'.repeat(50_000))).toBe(false);
  });
});
