import { describe, expect, it } from 'vitest';
import { checkRole, type PolicyDraft } from './role-rules.js';

function aPolicy(overrides: Partial<PolicyDraft> = {}): PolicyDraft {
  return { permissionKey: 'schedule_strategy.create', self: false, strongestPriority: 0, ...overrides };
}

function faultsOf(policy: PolicyDraft): readonly string[] {
  const checked = checkRole({ policies: [policy] });
  return checked.ok ? [] : checked.faults.map(({ field }) => field);
}

describe('a role as it comes in', () => {
  it('becomes grants, whichever spelling its namespaces have', () => {
    const policies = [
      aPolicy({ self: true, k8sNamespace: 'web-*, db', policyNamespaces: ['team a'], strongestPriority: 5 }),
      aPolicy({ k8sNamespaces: ['web'], policyNamespace: 'a,b' }),
      aPolicy({ k8sNamespace: '', k8sNamespaces: [] }),
      aPolicy({ k8sNamespace: 'b,a', k8sNamespaces: ['a', 'b'] }),
    ];

    const checked = checkRole({ name: 'r', policies });

    expect(checked).toEqual({
      ok: true,
      parts: {
        name: 'r',
        description: undefined,
        grants: [
          grant({
            ownOnly: true,
            k8sNamespaces: ['web-*', 'db'],
            policyNamespaces: ['team a'],
            strongestPriority: 5,
          }),
          grant({ k8sNamespaces: ['web'], policyNamespaces: ['a', 'b'] }),
          grant({}),
          grant({ k8sNamespaces: ['a', 'b'] }),
        ],
      },
    });
  });

  it.each([
    ['an unknown key', aPolicy({ permissionKey: 'no.such' }), 'permissionKey'],
    ['a key of the prototype', aPolicy({ permissionKey: 'constructor' }), 'permissionKey'],
    ['a key that is none at all', aPolicy({ permissionKey: '__proto__' }), 'permissionKey'],
    ['a priority below the range', aPolicy({ strongestPriority: -1 }), 'strongestPriority'],
    ['a priority above it', aPolicy({ strongestPriority: 21n }), 'strongestPriority'],
    ['two spellings that differ', aPolicy({ k8sNamespace: 'a', k8sNamespaces: ['a', 'b'] }), 'k8sNamespace'],
    ['a list beside "no limit"', aPolicy({ k8sNamespace: '', k8sNamespaces: ['a'] }), 'k8sNamespace'],
    ['a blank instead of nothing', aPolicy({ k8sNamespace: ' ' }), 'k8sNamespace'],
    ['a comma too many', aPolicy({ k8sNamespace: 'a,' }), 'k8sNamespace'],
    ['an empty glob', aPolicy({ k8sNamespaces: [''] }), 'k8sNamespace'],
    ['an upper-case namespace', aPolicy({ k8sNamespaces: ['Web'] }), 'k8sNamespace'],
    ['too many globs', aPolicy({ k8sNamespaces: Array.from({ length: 33 }, () => 'a') }), 'k8sNamespace'],
    ['a comma in a list', aPolicy({ policyNamespaces: ['a,b'] }), 'policyNamespace'],
    ['an empty tag', aPolicy({ policyNamespaces: [''] }), 'policyNamespace'],
    ['a line feed', aPolicy({ policyNamespaces: ['a\nb'] }), 'policyNamespace'],
  ])('is refused for %s', (_title, policy, field) => {
    expect(faultsOf(policy)).toEqual([`rolePolicies[0].${field}`]);
  });

  it('tells all faults together', () => {
    const checked = checkRole({
      name: '',
      description: 'x'.repeat(1_025),
      policies: [aPolicy({ permissionKey: 'x', strongestPriority: 30 }), aPolicy({ k8sNamespace: ',' })],
    });

    expect(checked.ok ? [] : checked.faults.map(({ field }) => field)).toEqual([
      'name',
      'description',
      'rolePolicies[0].permissionKey',
      'rolePolicies[0].strongestPriority',
      'rolePolicies[1].k8sNamespace',
      'rolePolicies[1].k8sNamespace',
    ]);
    expect(checkRole({ policies: Array.from({ length: 257 }, () => aPolicy()) }).ok).toBe(false);
  });
});

function grant(overrides: object) {
  return {
    permissionKey: 'schedule_strategy.create',
    ownOnly: false,
    k8sNamespaces: [],
    policyNamespaces: [],
    strongestPriority: 0,
    ...overrides,
  };
}
