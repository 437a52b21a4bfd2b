import { z } from '@hono/zod-openapi';
import { describe, expect, it } from 'vitest';
import { foldKeys, otherSpellings } from './fold-keys.js';

const Selector = z.object({ key: z.string().default(''), value: z.string().default('') });
const Body = z
  .object({
    podID: z.string().optional(),
    priority: z.number().optional(),
    k8sNamespace: z.array(z.string()).optional(),
    labelSelectors: z.array(Selector).default([]),
    podLabels: z.record(z.string(), z.string()).optional(),
  })
  .register(otherSpellings, { k8sNamespace: ['k8sNamespaces'] });

describe('foldKeys', () => {
  it('matches keys ignoring case, at every level', () => {
    const { value } = foldKeys({ PODID: 'x', LabelSelectors: [{ KEY: 'a', Value: 'b' }] }, Body);

    expect(value).toEqual({ podID: 'x', labelSelectors: [{ key: 'a', value: 'b' }] });
  });

  it('knows the registered other spellings', () => {
    expect(foldKeys({ K8SNamespaces: ['a'] }, Body).value).toEqual({ k8sNamespace: ['a'] });
  });

  it('lets the later of two spellings win, and null change nothing', () => {
    expect(foldKeys({ podID: 'x', podId: 'y', PODID: null }, Body).value).toEqual({ podID: 'y' });
  });

  it('makes null the zero value of a body, a list item and a map value', () => {
    expect(foldKeys(null, Body).value).toEqual({});
    expect(foldKeys({ labelSelectors: [null], k8sNamespace: [null] }, Body).value).toEqual({
      labelSelectors: [{}],
      k8sNamespace: [''],
    });
    expect(foldKeys({ podLabels: { a: null } }, Body).value).toEqual({ podLabels: { a: '' } });
  });

  it('reports unknown keys with their path and drops them', () => {
    const folded = foldKeys({ prority: 1, labelSelectors: [{ key: 'a' }, { vlaue: 'b' }] }, Body);

    expect(folded.unknownKeys).toEqual(['prority', 'labelSelectors[1].vlaue']);
    expect(folded.value).toEqual({ labelSelectors: [{ key: 'a' }, {}] });
  });

  it('keeps every key of a map as it is', () => {
    const labels = JSON.parse('{"App":"x","app":"y","__proto__":"z"}');
    const { value } = foldKeys({ podLabels: labels }, Body);

    expect(Object.entries((value as { podLabels: object }).podLabels)).toEqual(Object.entries(labels));
  });

  it('leaves wrong types for the schema to judge', () => {
    expect(foldKeys([], Body).value).toEqual([]);
    expect(foldKeys({ labelSelectors: {} }, Body).value).toEqual({ labelSelectors: {} });
    expect(foldKeys('text', Body).value).toBe('text');
  });

  it('never reaches an inherited property through a key', () => {
    const folded = foldKeys(JSON.parse('{"__proto__":{"podID":"x"},"constructor":1}'), Body);

    expect(folded.unknownKeys).toEqual(['__proto__', 'constructor']);
    expect((folded.value as { podID?: string }).podID).toBeUndefined();
  });

  it('counts what is of a wrong type, and null for none', () => {
    const body = {
      labelSelectors: [1, 'x', null, { key: 5 }, { key: null }],
      podLabels: { a: 1, b: null, c: '' },
    };

    expect(foldKeys(body, Body).wrongTypes).toBe(4);
    expect(foldKeys({}, Body).wrongTypes).toBe(0);
  });

  it('refuses a list of more than 20,000 items, and tells which', () => {
    const list = (length: number) => ({ labelSelectors: Array.from({ length }, () => ({})) });

    expect(foldKeys(list(20_000), Body).unknownKeys).toEqual([]);
    expect(() => foldKeys(list(20_001), Body)).toThrow(
      expect.objectContaining({
        code: 'too_large',
        message: expect.stringContaining('labelSelectors: at most 20000 items, found 20001'),
      }),
    );
  });
});
