import { describe, expect, it } from 'vitest';
import { aGrant, aNode, aNodePolicy } from '../../tests/support/builders.js';
import { type NodePlanningInput, nodeIntentId } from '../domain/node-intent-planning.js';
import { NodeIntentPlanner } from './node-intent-planner.js';

const policy = aNodePolicy({
  spec: { nodeNames: [], nodeSelectors: [{ key: 'gpu', operator: 'Exists', values: [] }] },
});

function anInput(overrides: Partial<NodePlanningInput> = {}): NodePlanningInput {
  return {
    policies: [policy],
    nodes: [aNode({ labels: { gpu: 'yes' } }), aNode({ name: 'node-2', labels: { gpu: 'yes' } })],
    grantsOf: () => [aGrant()],
    excluded: new Set(),
    ...overrides,
  };
}

describe('NodeIntentPlanner', () => {
  it('gives the same plan while only the state of nodes changes', () => {
    const planner = new NodeIntentPlanner();
    const first = planner.plan(anInput());

    const nodes = [
      aNode({ status: 'NotReady', labels: { gpu: 'yes' } }),
      aNode({ name: 'node-2', labels: { gpu: 'yes' } }),
    ];

    expect([...first.keys()]).toEqual(['node-1', 'node-2']);
    expect(planner.plan(anInput({ nodes }))).toBe(first);
  });

  it.each<[string, Partial<NodePlanningInput>, readonly string[]]>([
    [
      'a policy',
      { policies: [{ ...policy, revision: 2, spec: { ...policy.spec, nodeNames: ['node-2'] } }] },
      ['node-2'],
    ],
    ['the policies', { policies: [] }, []],
    ['a right', { grantsOf: () => [aGrant({ k8sNamespaces: ['web'] })] }, []],
    ['an exclusion', { excluded: new Set([nodeIntentId(policy.id, 'node-1')]) }, ['node-2']],
    [
      'a label',
      { nodes: [aNode({ labels: { gpu: 'yes' } }), aNode({ name: 'node-2', labels: { cpu: 'yes' } })] },
      ['node-1'],
    ],
    ['the nodes', { nodes: [aNode({ name: 'node-3', labels: { gpu: 'no' } })] }, ['node-3']],
  ])('plans anew when %s changed', (_title, change, expected) => {
    const planner = new NodeIntentPlanner();
    planner.plan(anInput());

    expect([...planner.plan(anInput(change)).keys()]).toEqual(expected);
  });
});
