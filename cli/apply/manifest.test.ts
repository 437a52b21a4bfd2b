import { describe, expect, it } from 'vitest';
import { parseManifests } from './manifest.js';

const read = (text: string) => parseManifests(text, 'file.yaml', 'strategies');

describe('parseManifests', () => {
  it.each([
    ['documents', 'name: a\n---\nname: b\n'],
    ['a list', '- name: a\n- name: b\n'],
    ['documents and lists, and empty ones', '---\n---\n- name: a\n---\n# nothing\n---\nname: b\n'],
    ['what a list prints', 'strategies:\n  - name: a\n  - name: b\nnextCursor: x\n'],
    ['JSON', '[{"name":"a"},{"name":"b"}]'],
    ['JSON with tabs', '{\n\t"strategies": [\n\t\t{"name":"a"},\n\t\t{"name":"b"}\n\t]\n}'],
  ])('reads %s', (_, text) => {
    expect(read(text).map(({ value }) => value)).toEqual([{ name: 'a' }, { name: 'b' }]);
  });

  it('reads nothing from nothing', () => {
    expect(['', '\n', '---\n', '# a comment\n', 'null'].flatMap(read)).toEqual([]);
  });

  it('knows where everything stands', () => {
    const [, second] = read(
      'name: a\n---\nname: b\nPriority: 30\nlabelSelectors:\n  - key: x\n    vlaue: y\n',
    );

    expect(second?.place).toBe('file.yaml:3');
    expect(second?.placeOf('priority')).toBe('file.yaml:4');
    expect(second?.placeOf('labelSelectors[0].vlaue')).toBe('file.yaml:7');
    expect(second?.placeOf('labelSelectors[3].key')).toBe('file.yaml:5');
    expect(second?.placeOf('somethingElse')).toBe('file.yaml:3');
  });

  it.each([
    ['a broken document', 'name: a\n---\nname: [\n', /^file\.yaml:\d+:\d+: /],
    ['a key that stands twice', 'name: a\nname: b\n', /^file\.yaml:2:1: Map keys must be unique/],
    ['a text', 'just words', /^file\.yaml:1: expected an object/],
    ['a list of texts', '- a\n', /^file\.yaml:1: expected an object/],
    ['an alias to nothing', 'name: *gone\n', /^file\.yaml:1/],
    ['a bomb of aliases', bomb(), /^file\.yaml:\d+: Excessive alias count/],
  ])('refuses %s with its place', (_, text, message) => {
    expect(() => read(text)).toThrow(message);
  });

  it('leaves words and times as they are written', () => {
    const [only] = read('name: yes\ndescription: 2026-01-01\nenabled: true\npriority: 010\n');

    expect(only?.value).toEqual({ name: 'yes', description: '2026-01-01', enabled: true, priority: 10 });
  });
});

function bomb(): string {
  const levels = Array.from({ length: 9 }, (_, level) => {
    const inner = level === 0 ? '"lol"' : `*a${level - 1}`;
    return `a${level}: &a${level} [${Array(9).fill(inner).join(',')}]`;
  });
  return levels.join('\n');
}
