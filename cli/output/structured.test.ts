import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { isHarmless } from './harmless-text.js';
import { jsonText, yamlText } from './structured.js';

const data = {
  id: '0123456789abcdef01234567',
  looksLikeNumber: '0x10',
  looksLikeBoolean: 'yes',
  evil: '\u001b[2J\u009b2J\u202e\u2028\u{e0041}',
  keys: { 'evil\u009bkey': 1 },
  long: 'word '.repeat(60),
  lines: 'a\nb\n',
  empty: [],
  nothing: '',
};

describe('structured output', () => {
  it('is the data, in JSON as in YAML', async () => {
    expect(JSON.parse(jsonText(data))).toEqual(data);
    expect(parse(await yamlText(data))).toEqual(data);
  });

  it('holds nothing that a terminal would obey', async () => {
    for (const text of [jsonText(data), await yamlText(data)]) {
      expect(isHarmless(text.replaceAll('\n', ''))).toBe(true);
    }
  });

  it('writes what is the same twice, not a reference to it', async () => {
    const shared = ['a'];

    expect(await yamlText({ one: shared, two: shared })).toBe('one:\n  - a\ntwo:\n  - a\n');
  });
});
