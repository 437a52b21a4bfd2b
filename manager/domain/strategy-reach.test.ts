import { describe, expect, it } from 'vitest';
import { aGrant } from '../../tests/support/builders.js';
import { reachesNamespace, whyOutOfReach } from './strategy-reach.js';

const claim = { strategyNamespace: 'team-a', priority: 5 };

describe('reachesNamespace', () => {
  it('is limited by nothing where the grant names nothing', () => {
    expect(reachesNamespace([aGrant()], claim, 'anything')).toBe(true);
    expect(reachesNamespace([], claim, 'anything')).toBe(false);
  });

  it.each([
    [{ k8sNamespaces: ['web-*'] }, 'web-1', true],
    [{ k8sNamespaces: ['web-*'] }, 'db', false],
    [{ policyNamespaces: ['team-b'] }, 'web-1', false],
    [{ strongestPriority: 6 }, 'web-1', false],
    [{ strongestPriority: 5 }, 'web-1', true],
  ])('by %j, %s is in reach: %s', (limits, namespace, expected) => {
    expect(reachesNamespace([aGrant(limits)], claim, namespace)).toBe(expected);
  });

  it('adds grants up, each with its own limits', () => {
    const grants = [
      aGrant({ k8sNamespaces: ['web'], strongestPriority: 0 }),
      aGrant({ k8sNamespaces: ['db'], strongestPriority: 10 }),
    ];

    expect(reachesNamespace(grants, claim, 'web')).toBe(true);
    expect(reachesNamespace(grants, claim, 'db')).toBe(false);
    expect(reachesNamespace(grants, { ...claim, priority: 10 }, 'db')).toBe(true);
  });
});

describe('whyOutOfReach', () => {
  it.each([
    [{ policyNamespaces: ['team-b'] }, [], 'strategyNamespace "team-a"'],
    [{ strongestPriority: 8 }, [], 'priorities from 8'],
    [{ k8sNamespaces: ['web'] }, ['web', 'db'], 'do not cover db'],
    [{ k8sNamespaces: ['web'] }, ['web'], undefined],
    [{ k8sNamespaces: ['web'] }, [], undefined],
  ])('for %j and namespaces %j says %s', (limits, namespaces, reason) => {
    const said = whyOutOfReach([aGrant(limits)], claim, namespaces);

    if (reason === undefined) expect(said).toBeUndefined();
    else expect(said).toContain(reason);
  });
});
