import { describe, expect, it } from 'vitest';
import {
  type LabelRequirement,
  labelKeyFault,
  labelValueFault,
  namespaceFault,
  unmetRequirement,
} from './label-selector.js';

const labels = { app: 'web', tier: '' };

describe('unmetRequirement', () => {
  it.each<[LabelRequirement, boolean]>([
    [{ key: 'app', operator: 'In', values: ['db', 'web'] }, true],
    [{ key: 'app', operator: 'In', values: ['db'] }, false],
    [{ key: 'zone', operator: 'In', values: ['a'] }, false],
    [{ key: 'app', operator: 'NotIn', values: ['db'] }, true],
    [{ key: 'app', operator: 'NotIn', values: ['web'] }, false],
    [{ key: 'zone', operator: 'NotIn', values: ['a'] }, true],
    [{ key: 'tier', operator: 'Exists', values: [] }, true],
    [{ key: 'zone', operator: 'Exists', values: [] }, false],
    [{ key: 'zone', operator: 'DoesNotExist', values: [] }, true],
    [{ key: 'app', operator: 'DoesNotExist', values: [] }, false],
    [{ key: 'constructor', operator: 'Exists', values: [] }, false],
  ])('%j is met: %s', (requirement, met) => {
    expect(unmetRequirement([requirement], labels)).toBe(met ? undefined : requirement);
  });

  it('needs every requirement to be met', () => {
    const missing: LabelRequirement = { key: 'zone', operator: 'Exists', values: [] };

    expect(unmetRequirement([{ key: 'app', operator: 'Exists', values: [] }, missing], labels)).toBe(missing);
  });
});

describe('label syntax', () => {
  it.each(['app', 'app.kubernetes.io/name', 'A_b-c.d', 'x'.repeat(63)])('takes the key %j', (key) => {
    expect(labelKeyFault(key)).toBeUndefined();
  });

  it.each([
    '',
    'bad key!',
    '/x',
    'a/b/c',
    'Upper.Case/x',
    '-a',
    'a-',
    'x'.repeat(64),
    `${'a'.repeat(254)}/x`,
  ])('refuses the key %j', (key) => {
    expect(labelKeyFault(key)).toBeTypeOf('string');
  });

  it('takes the empty value and refuses selector syntax in a value', () => {
    expect(labelValueFault('')).toBeUndefined();
    expect(labelValueFault('v1.2_3-x')).toBeUndefined();
    expect(labelValueFault('a,b')).toBeTypeOf('string');
    expect(labelValueFault('a in (b)')).toBeTypeOf('string');
  });

  it('knows a namespace name', () => {
    expect(namespaceFault('kube-system')).toBeUndefined();
    expect(namespaceFault('Kube')).toBeTypeOf('string');
    expect(namespaceFault('a'.repeat(64))).toBeTypeOf('string');
  });
});
