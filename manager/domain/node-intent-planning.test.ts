import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LABEL_OPERATORS, unmetRequirement } from '../../shared/domain/label-selector.js';
import { aGrant, aNode, aNodePolicy } from '../../tests/support/builders.js';
import type { ClusterNode } from './cluster.js';
import { nodeIntentId, planNodeIntents } from './node-intent-planning.js';
import type { NodePolicy } from './node-policy.js';

function plan(
  policies: readonly NodePolicy[],
  nodes: readonly ClusterNode[],
  overrides: Partial<Parameters<typeof planNodeIntents>[0]> = {},
) {
  return planNodeIntents({ policies, nodes, grantsOf: () => [aGrant()], excluded: new Set(), ...overrides });
}

/** The rule as people are told it. */
function isMeant({ spec: { nodeNames, nodeSelectors } }: NodePolicy, { name, labels }: ClusterNode): boolean {
  if (nodeNames.length === 0 && nodeSelectors.length === 0) return false;
  const isNamed = nodeNames.length === 0 || nodeNames.includes(name);
  return isNamed && unmetRequirement(nodeSelectors, labels) === undefined;
}

const zone = (value: string) => ({ key: 'zone', operator: 'In' as const, values: [value] });

describe('planNodeIntents', () => {
  it('makes one intent for each policy and each node that it names and whose labels meet it', () => {
    const policy = aNodePolicy({
      spec: {
        nodeNames: ['a', 'b', 'gone'],
        nodeSelectors: [zone('z1')],
        priority: 3,
        executionTime: 100_000,
      },
    });
    const nodes = [
      aNode({ name: 'a', labels: { zone: 'z1' } }),
      aNode({ name: 'b', labels: { zone: 'z2' } }),
      aNode({ name: 'c', labels: { zone: 'z1' } }),
    ];

    expect(plan([policy], nodes)).toEqual(
      new Map([
        [
          'a',
          [
            {
              id: nodeIntentId(policy.id, 'a'),
              policyID: policy.id,
              nodeID: 'a',
              commandRegex: 'nginx',
              priority: 3,
              executionTime: 100_000,
            },
          ],
        ],
      ]),
    );
    expect(nodeIntentId(policy.id, 'a')).toMatch(/^[0-9a-f]{24}$/);
  });

  it('puts the winner last: weaker priorities first, and of equals the smaller id last', () => {
    const ids = plan(
      [
        aNodePolicy({ id: 'b'.repeat(24), spec: { priority: 3 } }),
        aNodePolicy({ id: 'c'.repeat(24), spec: { priority: 3 } }),
        aNodePolicy({ id: 'a'.repeat(24), spec: { priority: 9 } }),
      ],
      [aNode()],
    ).get('node-1');

    expect(ids?.map(({ policyID }) => policyID[0])).toEqual(['a', 'c', 'b']);
  });

  it('leaves out what was excluded, on that node only', () => {
    const policy = aNodePolicy({ spec: { nodeNames: ['a', 'b'] } });
    const excluded = new Set([nodeIntentId(policy.id, 'a')]);

    expect([...plan([policy], [aNode({ name: 'a' }), aNode({ name: 'b' })], { excluded }).keys()]).toEqual([
      'b',
    ]);
  });

  it.each([
    ['lost the right', []],
    ['is limited to namespaces now', [aGrant({ k8sNamespaces: ['web'] })]],
    ['may not go as strong any more', [aGrant({ strongestPriority: 11 })]],
  ])('plans nothing for an owner who %s', (_title, grants) => {
    expect(plan([aNodePolicy()], [aNode()], { grantsOf: () => grants })).toEqual(new Map());
  });

  it('agrees with the question about each policy and node', () => {
    const label = fc.constantFrom('x', 'y');
    const node = fc.record({
      name: fc.constantFrom('a', 'b', 'c', 'd'),
      status: fc.constant('Ready' as const),
      labels: fc.dictionary(fc.constantFrom('zone', 'gpu'), label),
    });
    const selector = fc.record({
      key: fc.constantFrom('zone', 'gpu'),
      operator: fc.constantFrom(...LABEL_OPERATORS),
      values: fc.array(label, { maxLength: 2 }),
    });
    const spec = fc.record({
      nodeNames: fc.array(fc.constantFrom('a', 'b', 'c', 'e'), { maxLength: 3 }),
      nodeSelectors: fc.array(selector, { maxLength: 2 }),
      priority: fc.integer({ min: 0, max: 20 }),
    });
    fc.assert(
      fc.property(
        fc.uniqueArray(node, { selector: ({ name }) => name }),
        fc.array(spec, { maxLength: 5 }),
        (nodes, specs) => {
          const policies = specs.map((each, index) =>
            aNodePolicy({ id: String(index).repeat(24), spec: each }),
          );
          const planned = [...plan(policies, nodes).values()].flat();
          const expected = policies.flatMap((policy) =>
            nodes.filter((each) => isMeant(policy, each)).map((each) => [policy.id, each.name]),
          );
          expect(planned.map(({ policyID, nodeID }) => `${policyID} ${nodeID}`).toSorted()).toEqual(
            expected.map((pair) => pair.join(' ')).toSorted(),
          );
        },
      ),
    );
  });
});
