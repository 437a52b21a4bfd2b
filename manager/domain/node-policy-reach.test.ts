import { describe, expect, it } from 'vitest';
import { aGrant } from '../../tests/support/builders.js';
import { reachesNodes, whyNodesOutOfReach } from './node-policy-reach.js';

describe('reachesNodes', () => {
  it.each([
    ['no limit', aGrant(), true],
    ['every namespace by name', aGrant({ k8sNamespaces: ['*'], policyNamespaces: ['a', '**'] }), true],
    ['some Kubernetes namespaces', aGrant({ k8sNamespaces: ['team-*'] }), false],
    ['some tenants', aGrant({ policyNamespaces: ['team'] }), false],
    ['the empty tenant alone', aGrant({ policyNamespaces: [''] }), false],
  ])('takes a grant with %s as it is', (_title, grant, expected) => {
    expect(reachesNodes([grant], 10)).toBe(expected);
  });

  it('adds grants up, but never the width of one to the strength of another', () => {
    const grants = [aGrant({ k8sNamespaces: ['web'] }), aGrant({ strongestPriority: 8 })];

    expect(reachesNodes(grants, 8)).toBe(true);
    expect(reachesNodes(grants, 7)).toBe(false);
    expect(whyNodesOutOfReach(grants, 8)).toBeUndefined();
    expect(whyNodesOutOfReach(grants, 7)).toContain('from 8 (strongest)');
    expect(whyNodesOutOfReach([grants[0] ?? aGrant()], 20)).toContain('limited to namespaces');
    expect(whyNodesOutOfReach([], 20)).toBeDefined();
  });
});
