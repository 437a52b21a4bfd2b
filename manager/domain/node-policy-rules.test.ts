import { describe, expect, it } from 'vitest';
import { checkNodePolicy, type NodePolicyDraft } from './node-policy-rules.js';

function aDraft(overrides: Partial<NodePolicyDraft> = {}): NodePolicyDraft {
  return {
    nodeSelectors: [],
    nodeNames: ['node-1'],
    draSelectors: [],
    commandRegex: 'nginx',
    executionTime: 0,
    ...overrides,
  };
}

function faultFields(overrides: Partial<NodePolicyDraft>): string[] {
  const checked = checkNodePolicy(aDraft(overrides));
  return checked.ok ? [] : checked.faults.map(({ field }) => field);
}

describe('checkNodePolicy', () => {
  it('fills in the defaults, and keeps an explicit 0 with a warning', () => {
    expect(
      checkNodePolicy(aDraft({ nodeSelectors: [{ key: 'zone', value: 'z1' }, { key: 'gpu' }] })),
    ).toEqual({
      ok: true,
      warnings: [],
      spec: {
        nodeSelectors: [
          { key: 'zone', operator: 'In', values: ['z1'] },
          { key: 'gpu', operator: 'Exists', values: [] },
        ],
        nodeNames: ['node-1'],
        commandRegex: 'nginx',
        priority: 10,
        executionTime: 0,
      },
    });
    expect(checkNodePolicy(aDraft({ priority: 0 }))).toMatchObject({
      spec: { priority: 0 },
      warnings: [expect.stringContaining('served as 1')],
    });
  });

  it('keeps a name that was given twice once', () => {
    expect(checkNodePolicy(aDraft({ nodeNames: ['b', 'a', 'b'] }))).toMatchObject({
      spec: { nodeNames: ['b', 'a'] },
    });
  });

  it.each<[string, Partial<NodePolicyDraft>, string]>([
    ['a priority out of range', { priority: 21 }, 'priority'],
    ['a priority beyond a double', { priority: 2n ** 63n - 1n }, 'priority'],
    ['a slice that is too short', { executionTime: 99_999 }, 'executionTime'],
    ['a slice that is negative', { executionTime: -1n }, 'executionTime'],
    ['a regex that does not compile', { commandRegex: '(' }, 'commandRegex'],
    ['a regex that is too long', { commandRegex: 'x'.repeat(257) }, 'commandRegex'],
    ['no regex', { commandRegex: '' }, 'commandRegex'],
    ['a selector without a key', { nodeSelectors: [{ key: '' }] }, 'nodeSelectors[0].key'],
    ['a malformed label value', { nodeSelectors: [{ key: 'a', value: 'b c' }] }, 'nodeSelectors[0].value'],
    ['a name that no node can have', { nodeNames: ['node-1', 'Node_2'] }, 'nodeNames[1]'],
    ['an empty name', { nodeNames: [''] }, 'nodeNames[0]'],
    ['too many names', { nodeNames: Array.from({ length: 1_001 }, (_, at) => `n${at}`) }, 'nodeNames'],
    ['devices', { draSelectors: [{ deviceClass: 'gpu' }] }, 'draSelectors'],
    ['nothing that chooses nodes', { nodeNames: [] }, 'nodeSelectors'],
  ])('refuses %s', (_title, overrides, field) => {
    expect(faultFields(overrides)).toEqual([field]);
  });

  it('tells every fault at once', () => {
    expect(faultFields({ nodeNames: ['!'], commandRegex: '(', priority: -1, executionTime: 1 })).toEqual([
      'nodeNames[0]',
      'commandRegex',
      'priority',
      'executionTime',
    ]);
  });
});
