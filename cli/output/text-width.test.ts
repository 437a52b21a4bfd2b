import { describe, expect, it } from 'vitest';
import { fitted, textWidth } from './text-width.js';

describe('textWidth', () => {
  it.each([
    ['plain', 5],
    ['Zürich', 6],
    ['e\u0301', 1],
    ['東京', 4],
    ['한국', 4],
    ['ｗｉｄｅ', 8],
    ['🚀', 2],
    ['a🚀b', 4],
    ['', 0],
  ])('of %j is %i columns', (text, width) => {
    expect(textWidth(text)).toBe(width);
  });
});

describe('fitted', () => {
  it('leaves alone what fits', () => {
    expect(fitted('東京', 4)).toBe('東京');
  });

  it('never takes more columns than there are, and cuts no character in two', () => {
    expect(fitted('abcdef', 4)).toBe('abc…');
    expect(fitted('東京都', 4)).toBe('東…');
    expect(fitted('e\u0301e\u0301e\u0301', 2)).toBe('e\u0301…');
  });
});
