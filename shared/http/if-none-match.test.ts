import { describe, expect, it } from 'vitest';
import { ifNoneMatchNames } from './if-none-match.js';

describe('ifNoneMatchNames', () => {
  it.each([
    ['"a"'],
    ['W/"a"'],
    ['*'],
    [' * '],
    ['"b", "a"'],
    ['"b","a","c"'],
    ['W/"b" ,\tW/"a"'],
    [', ,"a",,'],
    ['"b,\'c", "a"'],
  ])('holds for %s', (header) => {
    expect(ifNoneMatchNames(header, '"a"')).toBe(true);
  });

  it.each([
    [undefined],
    [''],
    ['"b"'],
    ['"A"'],
    ['a'],
    ['w/"a"'],
    ['"a'],
    ['a"'],
    ['"a" "b"'],
    ['"a";q=1'],
    ['*, "a"'],
    ['"b, "a"'],
    ['"\u0001a"'],
  ])('does not hold for %j', (header) => {
    expect(ifNoneMatchNames(header, '"a"')).toBe(false);
  });

  it('compares weakly whichever side is weak', () => {
    expect(ifNoneMatchNames('"a"', 'W/"a"')).toBe(true);
    expect(ifNoneMatchNames('W/"a"', 'W/"a"')).toBe(true);
  });

  it('takes a time that grows with the length of the header, not faster', () => {
    expect(ifNoneMatchNames(`${' ,'.repeat(8_000)}x`, '"a"')).toBe(false);
    expect(ifNoneMatchNames('"b",'.repeat(4_000), '"a"')).toBe(false);
  });
});
