import { describe, expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '../objects/json.js';
import { applyJsonPatch } from './json-patch.js';
import { applyMergePatch } from './merge-patch.js';
import { applyStrategicMergePatch } from './strategic-merge-patch.js';

describe('applyJsonPatch', () => {
  const document = { metadata: { labels: { a: '1' }, finalizers: ['x', 'y'] } };

  it.each<[string, readonly JsonValue[], JsonValue]>([
    [
      'adds to an object',
      [{ op: 'add', path: '/metadata/labels/b', value: '2' }],
      { metadata: { labels: { a: '1', b: '2' }, finalizers: ['x', 'y'] } },
    ],
    [
      'inserts into a list and appends',
      [
        { op: 'add', path: '/metadata/finalizers/0', value: 'w' },
        { op: 'add', path: '/metadata/finalizers/-', value: 'z' },
      ],
      { metadata: { labels: { a: '1' }, finalizers: ['w', 'x', 'y', 'z'] } },
    ],
    [
      'removes and replaces',
      [
        { op: 'remove', path: '/metadata/labels/a' },
        { op: 'replace', path: '/metadata/finalizers/1', value: 'q' },
      ],
      { metadata: { labels: {}, finalizers: ['x', 'q'] } },
    ],
    [
      'moves and copies',
      [
        { op: 'move', from: '/metadata/labels/a', path: '/metadata/labels/b' },
        { op: 'copy', from: '/metadata/labels/b', path: '/metadata/labels/c' },
      ],
      { metadata: { labels: { b: '1', c: '1' }, finalizers: ['x', 'y'] } },
    ],
    [
      'reads escaped keys',
      [{ op: 'add', path: '/metadata/labels/example.com~1a~0b', value: 'x' }],
      { metadata: { labels: { a: '1', 'example.com/a~b': 'x' }, finalizers: ['x', 'y'] } },
    ],
    [
      'replaces a missing entry of an object, as the real API server does',
      [{ op: 'replace', path: '/metadata/labels/new', value: 'x' }],
      { metadata: { labels: { a: '1', new: 'x' }, finalizers: ['x', 'y'] } },
    ],
  ])('%s', (_title, operations, expected) => {
    expect(applyJsonPatch(document, operations)).toEqual(expected);
  });

  it.each<[string, JsonValue]>([
    ['a failed test', { op: 'test', path: '/metadata/labels/a', value: '9' }],
    ['a missing entry', { op: 'remove', path: '/metadata/labels/none' }],
    ['a place beyond a list', { op: 'add', path: '/metadata/finalizers/5', value: 'x' }],
    ['a parent that is not there', { op: 'add', path: '/spec/x', value: 1 }],
    ['an unknown operation', { op: 'frob', path: '/metadata' }],
    ['a path that is no pointer', { op: 'add', path: 'metadata', value: 1 }],
    ['an operation that is no object', 'add'],
  ])('refuses %s', (_title, operation) => {
    expect(() => applyJsonPatch(document, [operation])).toThrow();
  });

  it('leaves the document and every prototype as they were', () => {
    const before = structuredClone(document);

    const patched = applyJsonPatch(document, [{ op: 'add', path: '/__proto__', value: { polluted: true } }]);

    expect(document).toEqual(before);
    expect(({} as JsonObject).polluted).toBeUndefined();
    expect(Object.hasOwn(patched as object, '__proto__')).toBe(true);
  });
});

describe('applyMergePatch', () => {
  it.each<[JsonObject, JsonObject, JsonObject]>([
    [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
    [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
    [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
    [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
    [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
    [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
  ])('%j with %j is %j (RFC 7396, appendix A)', (document, patch, expected) => {
    expect(applyMergePatch(document, patch)).toEqual(expected);
  });
});

describe('applyStrategicMergePatch', () => {
  function patched(document: JsonObject, patch: JsonObject): JsonObject {
    return applyStrategicMergePatch('Pod', document, patch);
  }
  const containers = (...items: readonly JsonValue[]) => ({ spec: { containers: items } });

  it('merges containers by name and leaves the others alone', () => {
    const document = containers({ name: 'a', image: '1', stdin: true }, { name: 'b', image: '1' });

    const result = patched(document, containers({ name: 'a', image: '2' }));

    expect(result).toEqual(containers({ name: 'a', image: '2', stdin: true }, { name: 'b', image: '1' }));
  });

  it('removes an element by directive', () => {
    const document = containers({ name: 'a' }, { name: 'b' });

    expect(patched(document, containers({ name: 'a', $patch: 'delete' }))).toEqual(containers({ name: 'b' }));
  });

  it('replaces a merged list by directive', () => {
    const document = containers({ name: 'a' }, { name: 'b' });

    const result = patched(document, containers({ name: 'c' }, { $patch: 'replace' }));

    expect(result).toEqual(containers({ name: 'c' }));
  });

  it('puts new elements before those that only the server knew', () => {
    const document = { status: { conditions: [{ type: 'Ready' }] } };

    const result = patched(document, { status: { conditions: [{ type: 'Initialized' }] } });

    expect(result).toEqual({ status: { conditions: [{ type: 'Initialized' }, { type: 'Ready' }] } });
  });

  it('orders elements as the patch says', () => {
    const document = containers({ name: 'a' }, { name: 'b' });

    const result = patched(document, {
      spec: {
        '$setElementOrder/containers': [{ name: 'b' }, { name: 'c' }, { name: 'a' }],
        containers: [{ name: 'c' }],
      },
    });

    expect(result).toEqual(containers({ name: 'b' }, { name: 'c' }, { name: 'a' }));
  });

  it('merges sets of scalars and removes from them', () => {
    const document = { metadata: { finalizers: ['a', 'b'] } };

    expect(patched(document, { metadata: { finalizers: ['c', 'a'] } })).toEqual({
      metadata: { finalizers: ['c', 'a', 'b'] },
    });
    expect(patched(document, { metadata: { '$deleteFromPrimitiveList/finalizers': ['a'] } })).toEqual({
      metadata: { finalizers: ['b'] },
    });
  });

  it('replaces lists that the type does not merge', () => {
    const document = { spec: { tolerations: [{ key: 'a' }] } };

    expect(patched(document, { spec: { tolerations: [{ key: 'b' }] } })).toEqual({
      spec: { tolerations: [{ key: 'b' }] },
    });
  });

  it('replaces an object by directive', () => {
    const document = { metadata: { labels: { a: '1' } } };

    expect(patched(document, { metadata: { labels: { $patch: 'replace', b: '2' } } })).toEqual({
      metadata: { labels: { b: '2' } },
    });
  });

  it('keeps only the listed keys of a union', () => {
    const document = { spec: { volumes: [{ name: 'v', emptyDir: {} }] } };

    const result = patched(document, {
      spec: { volumes: [{ name: 'v', $retainKeys: ['name', 'hostPath'], hostPath: { path: '/x' } }] },
    });

    expect(result).toEqual({ spec: { volumes: [{ name: 'v', hostPath: { path: '/x' } }] } });
  });

  it('refuses an element without its key and an unknown directive', () => {
    expect(() => patched({}, containers({ image: 'x' }))).toThrow(
      'map: map[image:x] does not contain declared merge key: name',
    );
    expect(() => patched({}, { metadata: { $patch: 'frob' } })).toThrow('frob');
  });
});
