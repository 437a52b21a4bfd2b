import { describe, expect, it } from 'vitest';
import { aGrant, aStrategy } from '../../tests/support/builders.js';
import { reachesNamespace, reachesStrategy, whyOutOfReach } from './strategy-reach.js';

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

describe('the strongest priority in a refusal', () => {
  it('is that of the grants for the tenant, whatever others allow', () => {
    const grants = [
      aGrant({ policyNamespaces: ['team-a'], strongestPriority: 8 }),
      aGrant({ policyNamespaces: ['team-b'], strongestPriority: 0 }),
    ];

    expect(whyOutOfReach(grants, claim, [])).toContain('priorities from 8');
    expect(whyOutOfReach(grants, { ...claim, strategyNamespace: 'team-b' }, [])).toBeUndefined();
  });
});

describe('reachesStrategy', () => {
  const spec = { strategyNamespace: 'team-a', priority: 5, k8sNamespace: ['web-1', 'web-2'] };
  const theirs = aStrategy({ ownerId: 'bob', spec });

  it('takes the own one for reached by any grant, however narrow it has become', () => {
    const narrow = aGrant({ ownOnly: true, policyNamespaces: ['other'], k8sNamespaces: ['other'] });

    expect(reachesStrategy([narrow], 'bob', theirs)).toBe(true);
    expect(reachesStrategy([], 'bob', theirs)).toBe(false);
  });

  it.each([
    [{}, true],
    [{ ownOnly: true }, false],
    [{ k8sNamespaces: ['web-*'] }, true],
    [{ k8sNamespaces: ['web-1'] }, false],
    [{ policyNamespaces: ['team-b'] }, false],
    [{ strongestPriority: 6 }, false],
  ])('by %j, somebody else reaches it as a whole: %s', (limits, expected) => {
    expect(reachesStrategy([aGrant(limits)], 'ann', theirs)).toBe(expected);
  });

  it('adds grants up, but not one that is limited to the own', () => {
    const grants = [
      aGrant({ k8sNamespaces: ['web-1'] }),
      aGrant({ k8sNamespaces: ['web-2'], ownOnly: true }),
    ];

    expect(reachesStrategy(grants, 'ann', theirs)).toBe(false);
    expect(reachesStrategy([...grants, aGrant({ k8sNamespaces: ['web-2'] })], 'ann', theirs)).toBe(true);
  });

  it('needs a grant without namespaces for a strategy without namespaces', () => {
    const wide = aStrategy({ ownerId: 'bob', spec: { allPods: true } });

    expect(reachesStrategy([aGrant({ k8sNamespaces: ['*'] })], 'ann', wide)).toBe(false);
    expect(reachesStrategy([aGrant()], 'ann', wide)).toBe(true);
  });
});
