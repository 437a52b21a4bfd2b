import { describe, expect, it } from 'vitest';
import { type Column, textTable } from './table.js';
import { textWidth } from './text-width.js';

const columns: readonly Column[] = [
  { title: 'NAME', of: 'name' },
  { title: 'ROLES', of: 'roles' },
  { title: 'PODS', of: (item) => item.pods },
];

describe('textTable', () => {
  it('aligns columns by what they take on the screen, numbers to the right', () => {
    const items = [
      { name: '東京', roles: ['admin', 'viewer'], pods: 7 },
      { name: 'web', roles: [], pods: 1_200 },
    ];

    expect(textTable(columns, items, { titles: true, width: undefined })).toBe(
      [
        'NAME  ROLES         PODS', //
        '東京  admin,viewer     7',
        'web   -             1200',
        '',
      ].join('\n'),
    );
  });

  it('can do without titles, and is empty then when there is nothing', () => {
    expect(
      textTable(columns, [{ name: 'a', roles: ['b'], pods: true }], { titles: false, width: undefined }),
    ).toBe('a  b  yes\n');
    expect(textTable(columns, [], { titles: false, width: undefined })).toBe('');
  });

  it('cuts the widest columns to the width of a terminal', () => {
    const items = [{ name: 'n'.repeat(60), roles: ['r'.repeat(90)], pods: 3 }];

    const lines = textTable(columns, items, { titles: true, width: 40 }).trimEnd().split('\n');

    expect(Math.max(...lines.map(textWidth))).toBeLessThanOrEqual(40);
    expect(lines[1]).toMatch(/^n{10,}…\s+r{10,}…\s+3$/);
  });

  it('keeps one line for each item and obeys no escape sequence in it', () => {
    const text = textTable(columns, [{ name: 'a\nb\u001b[31m', roles: ['\u202e'], pods: 1 }], {
      titles: false,
      width: undefined,
    });

    expect(text).toBe('a\\nb\\x1b[31m  \\u202e  1\n');
  });
});
