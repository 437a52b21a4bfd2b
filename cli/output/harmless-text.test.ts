import { describe, expect, it } from 'vitest';
import { harmlessJson, harmlessText, isHarmless } from './harmless-text.js';

describe('harmlessText', () => {
  it.each([
    ['an escape sequence', '\u001b[2Jgone', '\\x1b[2Jgone'],
    ['its one-character form', '\u009b2J', '\\x9b2J'],
    ['a window title', '\u001b]0;root\u0007', '\\x1b]0;root\\x07'],
    ['line breaks and tabs', 'a\r\n\tb', 'a\\r\\n\\tb'],
    ['a change of direction', 'exe\u202egnp', 'exe\\u202egnp'],
    ['a line separator', 'a\u2028b', 'a\\u2028b'],
    ['half a surrogate pair', 'a\ud800', 'a\\ud800'],
    ['invisible tags', 'a\u{e0041}', 'a\\u{e0041}'],
  ])('shows %s instead of obeying it', (_, text, shown) => {
    expect(harmlessText(text)).toBe(shown);
    expect(isHarmless(text)).toBe(false);
  });

  it('leaves the writing of the world as it is', () => {
    for (const text of ['Zürich', '東京', 'नमस्ते', 'שלום', '🚀', 'e\u0301']) {
      expect(harmlessText(text)).toBe(text);
      expect(isHarmless(text)).toBe(true);
    }
  });
});

describe('harmlessJson', () => {
  it('means the same and holds no control', () => {
    const value = { name: 'a\u009b2J\u202e\u2028\u{e0041}\u007f\u001b', lines: 'a\nb' };
    const text = harmlessJson(JSON.stringify(value, undefined, 2));

    expect(JSON.parse(text)).toEqual(value);
    expect(isHarmless(text.replaceAll('\n', ''))).toBe(true);
  });
});
