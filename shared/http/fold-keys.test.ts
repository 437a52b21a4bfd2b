import { z } from '@hono/zod-openapi';
import fc from 'fast-check';
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

/** What foldKeys promises, said without any regard to its cost, for schemas of the kinds in Body. */
function plainlyFolded(value: unknown, schema: z.ZodType): unknown {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  const inner = schema instanceof z.ZodOptional || schema instanceof z.ZodDefault ? schema.unwrap() : schema;
  if (inner instanceof z.ZodObject && (isObject || value === null)) {
    const names = Object.keys(inner.shape);
    const known = Object.entries(value ?? {}).flatMap(([key, item]) => {
      const isOther = inner === Body && key.toLowerCase() === 'k8snamespaces';
      const name = isOther ? 'k8sNamespace' : names.find((one) => one.toLowerCase() === key.toLowerCase());
      return name === undefined || item === null
        ? []
        : [[name, plainlyFolded(item, inner.shape[name] as z.ZodType)] as const];
    });
    return Object.fromEntries(known);
  }
  if (inner instanceof z.ZodArray && Array.isArray(value)) {
    const element = inner.element as z.ZodType;
    return value.map((item) => plainlyFolded(item ?? (element instanceof z.ZodString ? '' : {}), element));
  }
  if (inner instanceof z.ZodRecord && isObject) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, item ?? '']));
  }
  return value;
}

describe('foldKeys on whatever JSON there is', () => {
  const keys = ['podID', 'PODID', 'priority', 'K8SNamespaces', 'k8sNamespace', 'labelSelectors', 'podLabels'];
  const key = fc.constantFrom(...keys, 'LABELSELECTORS', 'key', 'Value', '__proto__', 'constructor', 'x');
  const { json } = fc.letrec((tie) => ({
    json: fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom(null, true, 1, '', 'text'),
      fc.array(tie('json'), { maxLength: 3 }),
      fc.array(fc.tuple(key, tie('json')), { maxLength: 6 }).map((entries) => {
        const fields = entries.map(([name, item]) => `${JSON.stringify(name)}:${JSON.stringify(item)}`);
        return JSON.parse(`{${fields.join(',')}}`) as unknown;
      }),
    ),
  }));

  it('folds as it promises, and leaves alone what it was given', () => {
    fc.assert(
      fc.property(json, (value) => {
        const before = JSON.stringify(value);

        expect(JSON.stringify(foldKeys(value, Body).value)).toBe(JSON.stringify(plainlyFolded(value, Body)));
        expect(JSON.stringify(value)).toBe(before);
      }),
      { numRuns: 2_000 },
    );
  });

  it('gives back what is spelled as the schema has it without copying it', () => {
    const selector = { key: 'a', value: 'b' };
    const value = { podID: 'x', labelSelectors: [selector], podLabels: { a: 'b' } };

    const folded = foldKeys(value, Body).value as typeof value;

    expect(folded.labelSelectors[0]).toBe(selector);
    expect(folded.podLabels).toBe(value.podLabels);
  });
});
