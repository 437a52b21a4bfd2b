import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aGrant } from '../../tests/support/builders.js';
import { globCovers, globMatches } from './glob.js';
import { covers, EVERYTHING, grantText, uncovered, withoutCovered } from './grant-cover.js';
import type { Grant, PermissionKey } from './permission.js';

const glob = fc.array(fc.constantFrom('a', 'b', '-', '*'), { maxLength: 6 }).map((parts) => parts.join(''));
const text = fc.array(fc.constantFrom('a', 'b', '-', 'c'), { maxLength: 8 }).map((parts) => parts.join(''));
/** Few and near to each other, so that covering happens often. */
const globs = fc.array(fc.constantFrom('*', 'a*', '*b', 'a*b', 'ab', 'a', 'b'), { maxLength: 3 });
const SAMPLES = ['', 'a', 'b', 'ab', 'axb', 'ax', 'xb', 'x'];
const grant = fc.record({
  permissionKey: fc.constant<PermissionKey>('schedule_strategy.create'),
  ownOnly: fc.boolean(),
  k8sNamespaces: globs,
  policyNamespaces: globs,
  strongestPriority: fc.integer({ min: 0, max: 3 }),
});

describe('one glob covers another', () => {
  it.each([
    ['web-*', 'web-a*', true],
    ['web-*', 'web-1', true],
    ['web-*', 'web-', true],
    ['web-*', 'web', false],
    ['web-a*', 'web-*', false],
    ['*', 'a*b*c', true],
    ['a*c', 'a*b*c', true],
    ['a*b*c', 'a*c', false],
    ['**', '*', true],
    ['web', 'web', true],
    ['web', 'Web', false],
    ['a*a', 'a', false],
    ['a*a', 'aa', true],
  ])('%s covers %s: %s', (outer, inner, expected) => {
    expect(globCovers(outer, inner)).toBe(expected);
  });

  it('only when every text of the other is one of its own', () => {
    fc.assert(
      fc.property(glob, glob, fc.array(text, { minLength: 20, maxLength: 20 }), (outer, inner, samples) => {
        if (!globCovers(outer, inner)) return;
        for (const sample of samples.filter((one) => globMatches(inner, one))) {
          expect([sample, globMatches(outer, sample)]).toEqual([sample, true]);
        }
      }),
      { numRuns: 3_000 },
    );
  });

  it('whenever it can: otherwise there is a text that only the other matches', () => {
    fc.assert(
      fc.property(glob, glob, (outer, inner) => {
        const witness = inner.replaceAll('*', 'z');
        expect(globMatches(inner, witness)).toBe(true);
        expect(globCovers(outer, inner)).toBe(globMatches(outer, witness));
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('grants cover a grant', () => {
  it('of the same key that reaches no further', () => {
    const held = aGrant({ k8sNamespaces: ['web-*'], policyNamespaces: ['team'], strongestPriority: 5 });

    const covered = { ...held, k8sNamespaces: ['web-a*', 'web-1'], strongestPriority: 6 };
    expect(covers([held], covered)).toBe(true);
    expect(covers([held], { ...covered, ownOnly: true })).toBe(true);
    expect(covers([held], { ...covered, k8sNamespaces: [] })).toBe(false);
    expect(covers([held], { ...covered, k8sNamespaces: ['web-1', 'db'] })).toBe(false);
    expect(covers([held], { ...covered, policyNamespaces: [] })).toBe(false);
    expect(covers([held], { ...covered, strongestPriority: 4 })).toBe(false);
    expect(covers([held], { ...covered, permissionKey: 'schedule_strategy.update' })).toBe(false);
    expect(covers([{ ...held, ownOnly: true }], covered)).toBe(false);
    expect(covers([], covered)).toBe(false);
  });

  it('together, where none would do alone', () => {
    const web = aGrant({ k8sNamespaces: ['web'] });
    const db = aGrant({ k8sNamespaces: ['db'], policyNamespaces: ['team'] });

    expect(covers([web, db], aGrant({ k8sNamespaces: ['web', 'db'], policyNamespaces: ['team'] }))).toBe(
      true,
    );
    expect(covers([web, db], aGrant({ k8sNamespaces: ['web', 'db'] }))).toBe(false);
  });

  it('never so that the union lets anybody do what no grant of the holder does', () => {
    fc.assert(
      fc.property(
        fc.array(grant, { maxLength: 4 }),
        grant,
        fc.boolean(),
        fc.integer({ min: 0, max: 3 }),
        (holder, given, own, priority) => {
          const reached = SAMPLES.flatMap((namespace) =>
            SAMPLES.map((tenant) => [namespace, tenant] as const),
          );
          const beyond = reached.filter(
            ([namespace, tenant]) =>
              allows(given, own, namespace, tenant, priority) &&
              !holder.some((held) => allows(held, own, namespace, tenant, priority)),
          );
          if (covers(holder, given)) expect(beyond).toEqual([]);
        },
      ),
      { numRuns: 3_000 },
    );
  });

  it('of which everybody holds their own', () => {
    fc.assert(
      fc.property(fc.array(grant, { maxLength: 4 }), (held) => {
        expect(uncovered(held, held)).toEqual([]);
        expect(uncovered(withoutCovered(held), held)).toEqual([]);
        expect(uncovered(EVERYTHING, held)).toEqual([]);
      }),
    );
  });

  it('of a key that no release knows: it allows nothing', () => {
    const odd = aGrant({ permissionKey: 'no.such' as PermissionKey });

    expect(covers([], odd)).toBe(true);
    expect(covers([], aGrant({ permissionKey: 'constructor' as PermissionKey }))).toBe(true);
  });
});

describe('a grant in words', () => {
  it('names its limits', () => {
    expect(grantText(aGrant())).toBe('schedule_strategy.create');
    expect(
      grantText(
        aGrant({ ownOnly: true, k8sNamespaces: ['web-*'], policyNamespaces: ['p'], strongestPriority: 5 }),
      ),
    ).toBe('schedule_strategy.create (own only; namespaces web-*; policy namespaces p; priorities from 5)');
  });
});

/** What a grant means, said another way than the code does. */
function allows(
  { ownOnly, k8sNamespaces, policyNamespaces, strongestPriority }: Grant,
  own: boolean,
  namespace: string,
  tenant: string,
  priority: number,
): boolean {
  const has = (globs: readonly string[], value: string) =>
    globs.length === 0 || globs.some((one) => globMatches(one, value));
  return (
    (own || !ownOnly) &&
    priority >= strongestPriority &&
    has(k8sNamespaces, namespace) &&
    has(policyNamespaces, tenant)
  );
}
