import { describe, expect, it } from 'vitest';
import { canonicalJson } from './audit-chain.js';
import type { AuditEvent } from './audit-entry.js';
import { asKept, changedFields, secretsIn, withoutSecrets } from './audit-facts.js';

const event: AuditEvent = {
  action: 'user.update',
  outcome: 'done',
  target: { kind: 'user', id: 'a', name: 'ann' },
};

describe('changedFields', () => {
  it('tells what differs, as it was and as it is', () => {
    const before = { name: 'a', priority: 3, labels: ['x'], gone: 1 };
    const after = { name: 'a', priority: 2, labels: ['x'], came: { deep: true } };

    expect(changedFields(before, after)).toEqual({
      before: { priority: 3, gone: 1 },
      after: { priority: 2, came: { deep: true } },
    });
  });

  it('takes a missing value and one that is undefined for the same', () => {
    expect(changedFields({ a: undefined }, {})).toEqual({ before: {}, after: {} });
  });
});

describe('asKept', () => {
  it.each<[string, unknown, unknown]>([
    ['a negative zero', -0, 0],
    ['a number that JSON does not know', Number.NaN, null],
    ['an integer beyond a double', 2n ** 60n, '1152921504606846976'],
    ['half a character', 'a\uD800b', 'a\uFFFDb'],
    ['NUL', 'a\0b', 'a\0b'],
    ['a missing item', [undefined, 1], [null, 1]],
    ['a missing field', { a: undefined, b: 1 }, { b: 1 }],
    ['keys with signs that stores read', { $set: 1, 'a.b': 2, 'c\0': 3 }, { _set: 1, a_b: 2, c_: 3 }],
    ['a text without end', 'x'.repeat(5_000), `${'x'.repeat(4_096)}…`],
  ])('brings %s into a form that comes back as it was', (_title, value, expected) => {
    const { after } = asKept({ ...event, after: { value } });

    expect(after).toStrictEqual({ value: expected });
    expect(canonicalJson(JSON.parse(JSON.stringify(after)))).toBe(canonicalJson(after));
  });

  it('takes no prototype from a key', () => {
    const after = JSON.parse('{"__proto__": {"admin": true}}');

    expect(canonicalJson(asKept({ ...event, after }).after)).toBe('{"__proto__":{"admin":true}}');
  });
});

describe('secrets', () => {
  const dashes = '-'.repeat(5);
  const after = {
    passwordHash: 'x',
    nested: [{ refreshToken: 'x', name: 'kept' }],
    text: `${dashes}BEGIN SOMETHING${dashes}`,
    mustChangePassword: true,
    permissionKey: 'user.read',
    labelSelectors: [{ key: 'app', values: ['web'] }],
  };

  it('are noticed by key and by value', () => {
    expect(secretsIn({ ...event, before: { tokenVersion: 4 }, after })).toEqual([
      'before.tokenVersion',
      'after.passwordHash',
      'after.nested.0.refreshToken',
      'after.text',
    ]);
  });

  it('are left out', () => {
    const { before, after: left } = withoutSecrets({ ...event, before: { secret: 1 }, after });

    expect(before).toEqual({});
    expect(left).toEqual({
      nested: [{ name: 'kept' }],
      mustChangePassword: true,
      permissionKey: 'user.read',
      labelSelectors: [{ key: 'app', values: ['web'] }],
    });
  });
});
