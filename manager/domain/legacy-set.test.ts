import { describe, expect, it } from 'vitest';
import type { Intent } from '../../shared/domain/intent.js';
import { EMPTY_ROOT } from '../../shared/domain/merkle.js';
import { aGrant, aPod, aStrategy } from '../../tests/support/builders.js';
import { planIntents } from './intent-planning.js';
import { legacySet, whyWithheld } from './legacy-set.js';
import { nodeSet } from './node-set.js';
import type { StrategySpec } from './strategy.js';

function intents(...specs: Partial<StrategySpec>[]): readonly Intent[] {
  const strategies = specs.map((spec, index) =>
    aStrategy({ id: String(index).repeat(24), spec: { allPods: true, ...spec } }),
  );
  const plan = planIntents({
    strategies,
    pods: [aPod({ containers: [{ name: 'app', id: 'a'.repeat(64) }] })],
    nowMs: 0,
    protectedNamespaces: new Set(),
    excluded: new Set(),
    grantsOf: () => [aGrant()],
  });
  return plan.get('node-1') ?? [];
}

function legacy(...specs: Partial<StrategySpec>[]) {
  return legacySet(nodeSet('node-1', intents(...specs)));
}

describe('a set for an agent of the first generation', () => {
  it('carries exactly the eight public fields', () => {
    const [item] = legacy({ commandRegex: '^nginx', priority: 3, executionTime: 5_000_000 }).intents;

    expect(item).toEqual({
      podName: 'web-1',
      podID: '11111111-2222-4333-8444-555555555555',
      nodeID: 'node-1',
      k8sNamespace: 'default',
      commandRegex: '^nginx',
      priority: 3,
      executionTime: 5_000_000,
      podLabels: { app: 'web' },
    });
  });

  it('puts the winner last', () => {
    const set = legacy({ priority: 1 }, { priority: 9, precedence: 5 }, { priority: 4 });

    expect(set.intents.map(({ priority }) => priority)).toEqual([4, 1, 9]);
  });

  it('never leaves a number to the agent that schedulers read in different ways', () => {
    const [item] = legacy({ priority: 0, executionTime: 0 }).intents;

    expect(item).toMatchObject({ priority: 1, executionTime: 20_000_000 });
  });

  it('has the root of what is sent, whatever the node was planned', () => {
    const asServed = legacy({ priority: 1, executionTime: 20_000_000 });

    expect(legacy({ priority: 0, executionTime: 0 }).root).toBe(asServed.root);
    expect(legacy({ priority: 0 }, { containerNames: ['app'] }).root).toBe(asServed.root);
    expect(legacy({ containerNames: ['app'] }).root).toBe(EMPTY_ROOT);
  });

  it('has another fingerprint when only the order is another, which the root does not show', () => {
    const a = legacy({ priority: 3 }, { priority: 5 });
    const b = legacy({ priority: 3 }, { priority: 5, precedence: 1 });

    expect(b.root).toBe(a.root);
    expect(b.fingerprint).not.toBe(a.fingerprint);
  });

  it('stays as it is when only fields change that the agent does not know', () => {
    expect(legacy({ threads: true }).fingerprint).toBe(legacy({ threads: false }).fingerprint);
  });

  it.each([
    [{ containerNames: ['app'] }, 'containerNames'],
    [{ commandRegex: 'java', commandTarget: 'cmdline' as const }, 'commandTarget is cmdline'],
    [{ commandRegex: 'java', commandTarget: 'exe' as const }, 'commandTarget is exe'],
  ])('leaves out %j, and says why', (spec, reason) => {
    const [intent] = intents(spec);

    expect(whyWithheld(intent as Intent)).toMatch(/^agent too old: /);
    expect(whyWithheld(intent as Intent)).toContain(reason);
    expect(legacy(spec, {})).toMatchObject({ withheld: 1, intents: [{ commandRegex: '' }] });
  });

  it.each([[{}], [{ commandRegex: 'java' }], [{ commandTarget: 'cmdline' as const }], [{ threads: true }]])(
    'sends %j, which means the same or less there',
    (spec) => {
      expect(legacy(spec)).toMatchObject({ withheld: 0 });
      expect(legacy(spec).intents).toHaveLength(1);
    },
  );
});
