import { describe, expect, it } from 'vitest';
import { aGrant } from '../../tests/support/builders.js';
import { opens, seesPod } from './permission.js';

describe('a grant with a limit', () => {
  it.each(['audit.read', 'settings'] as const)('opens nothing of %s', (permissionKey) => {
    const limits = [{ ownOnly: true }, { k8sNamespaces: ['team-*'] }, { policyNamespaces: ['team'] }];
    for (const limit of limits) {
      expect(opens([aGrant({ permissionKey, ...limit })], permissionKey)).toBe(false);
    }
    expect(opens([aGrant({ permissionKey, k8sNamespaces: ['*'] })], permissionKey)).toBe(true);
    expect(opens([aGrant({ permissionKey, ownOnly: true }), aGrant({ permissionKey })], permissionKey)).toBe(
      true,
    );
    expect(opens([], permissionKey)).toBe(false);
  });

  it('opens what can be divided, for the use case to say how far', () => {
    const grant = aGrant({ permissionKey: 'schedule_strategy.read', ownOnly: true });

    expect(opens([grant], 'schedule_strategy.read')).toBe(true);
  });

  it.each([
    ['none', {}, ['team-a', 'other', undefined]],
    ['a namespace', { k8sNamespaces: ['team-*'] }, ['team-a']],
    ['every namespace by name', { k8sNamespaces: ['*'] }, ['team-a', 'other', undefined]],
    ['the own', { ownOnly: true }, []],
  ])('to %s shows the pods in there', (_title, limit, seen) => {
    const grants = [aGrant({ permissionKey: 'pod_pid_mapping.read', ...limit })];

    expect(['team-a', 'other', undefined].filter((namespace) => seesPod(grants, namespace))).toEqual(seen);
  });
});
