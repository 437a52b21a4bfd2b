import { describe, expect, it } from 'vitest';
import { compareQuantities, formatQuantity, isWholeQuantity, parseQuantity } from './quantity.js';

function canonical(text: string): string | undefined {
  const quantity = parseQuantity(text);
  return quantity === undefined ? undefined : formatQuantity(quantity);
}

describe('quantity', () => {
  it.each([
    ['0.5', '500m'],
    ['1000m', '1'],
    ['100m', '100m'],
    ['1024Mi', '1Gi'],
    ['1.5Gi', '1536Mi'],
    ['1000Mi', '1000Mi'],
    ['128974848', '128974848'],
    ['1000', '1k'],
    ['1500', '1500'],
    ['1e3', '1e3'],
    ['12e6', '12e6'],
    ['1E', '1E'],
    ['0', '0'],
    ['-1', '-1'],
    ['+2', '2'],
    ['.5', '500m'],
    ['5.', '5'],
    ['512', '512'],
    ['0Ki', '0'],
    ['100Ki', '100Ki'],
    ['0.5Ki', '512'],
    ['0.0000000001', '1n'],
  ])('writes %s as %s', (text, expected) => {
    expect(canonical(text)).toBe(expected);
  });

  it.each(['', 'lots', '1 Gi', 'Gi', '1.2.3', '.', '1e', '--1', '1mm'])('refuses %j', (text) => {
    expect(canonical(text)).toBeUndefined();
  });

  it('compares across suffixes', () => {
    expect(compareQuantities('1', '1000m')).toBe(0);
    expect(compareQuantities('1Gi', '1G')).toBe(1);
    expect(compareQuantities('100m', '0.2')).toBe(-1);
  });

  it('knows whole amounts from fractions', () => {
    expect(isWholeQuantity('1500m')).toBe(false);
    expect(isWholeQuantity('2')).toBe(true);
  });
});
