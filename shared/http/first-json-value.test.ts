import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { firstJsonValue } from './first-json-value.js';

describe('firstJsonValue', () => {
  it('reads whatever JSON.stringify writes', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 6, noUnicodeString: false }), (text) => {
        const plain = JSON.parse(text, (_key, value) => (typeof value === 'number' ? 0 : value));
        const read = JSON.parse(
          JSON.stringify(firstJsonValue(text), (_key, value) =>
            typeof value === 'number' || typeof value === 'bigint' ? 0 : value,
          ) ?? 'null',
        );
        expect(read).toEqual(plain);
      }),
    );
  });

  it('ignores what follows the first value', () => {
    expect(firstJsonValue('{"a":1} trailing {')).toEqual({ a: 1 });
    expect(firstJsonValue(' "x"y')).toBe('x');
    expect(firstJsonValue('null,')).toBe(null);
    expect(firstJsonValue('[1][2]')).toEqual([1]);
    expect(firstJsonValue('7 8')).toBe(7);
  });

  it('lets the last of several equal keys win, in both of its parsers', () => {
    expect(firstJsonValue('{"a":1,"a":2}')).toEqual({ a: 2 });
    expect(firstJsonValue('{"a":1,"a":2,"b":18446744073709551615}')).toEqual({
      a: 2,
      b: 18446744073709551615n,
    });
  });

  it('keeps integers that a double cannot hold', () => {
    expect(firstJsonValue('[9007199254740993, -9223372036854775808]')).toEqual([
      9007199254740993n,
      -9223372036854775808n,
    ]);
  });

  it.each(['2e7', '1.0', '1E2'])('makes %s a number that no integer schema takes', (text) => {
    expect(firstJsonValue(`[${text}]`)).toEqual([Number.NaN]);
  });

  it('keeps a fraction as it is', () => {
    expect(firstJsonValue('{"a":1.5}')).toEqual({ a: 1.5 });
  });

  it('does not mistake digits in a string or in an escape for numbers', () => {
    expect(firstJsonValue('{"image":"1.5e3","quote":"\\"2.5","slash":"\\\\"}')).toEqual({
      image: '1.5e3',
      quote: '"2.5',
      slash: '\\',
    });
  });

  it.each([
    '',
    '  ',
    '{',
    '{"a":',
    '"open',
    '{a:1}',
    'nope',
    ',',
    '[1,]',
    '{"a":1',
    '01',
    '-',
    '}',
    "{'a':1}",
  ])('refuses %j as malformed', (text) => {
    expect(() => firstJsonValue(text)).toThrow(expect.objectContaining({ code: 'malformed' }));
  });

  it('refuses nesting that would exhaust whoever walks it', () => {
    expect(() => firstJsonValue('['.repeat(100_000))).toThrow('nested deeper than 64 levels');
  });

  it('keeps a key named __proto__ an ordinary key', () => {
    const value = firstJsonValue('{"__proto__":{"admin":true},"big":18446744073709551615}') as object;

    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect(Object.hasOwn(value, '__proto__')).toBe(true);
  });

  it('takes no integer for one that has more digits than any of ours, however many', () => {
    expect(firstJsonValue('[18446744073709551615]')).toEqual([18_446_744_073_709_551_615n]);
    expect(firstJsonValue(`[${'9'.repeat(33)}]`)).toEqual([Number.NaN]);
    expect(firstJsonValue(`[${'9'.repeat(5_000_000)}]`)).toEqual([Number.NaN]);
  });

  it('refuses more values than any body of ours has', () => {
    const values = (count: number) => `[${'1,'.repeat(count - 1)}1]`;

    expect(firstJsonValue(values(2_000_000))).toHaveLength(2_000_000);
    expect(() => firstJsonValue(values(2_000_001))).toThrow(expect.objectContaining({ code: 'too_large' }));
  });
});
