import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareRank } from '../../shared/domain/precedence.js';
import { aGrant, aPod, aStrategy } from '../../tests/support/builders.js';
import type { Pod } from './cluster.js';
import { intentId, nextExpiry, planIntents } from './intent-planning.js';
import type { Grant } from './permission.js';
import type { Strategy } from './strategy.js';

const web = { key: 'app', operator: 'In', values: ['web'] } as const;

function plan(
  strategies: readonly Strategy[],
  pods: readonly Pod[],
  grants: readonly Grant[] = [aGrant()],
  nowMs = 5_000,
) {
  return planIntents({
    strategies,
    pods,
    nowMs,
    protectedNamespaces: new Set(['kube-system']),
    excluded: new Set(),
    grantsOf: () => grants,
  });
}

function plannedPods(strategy: Strategy, pod: Pod, grants?: readonly Grant[]): number {
  return [...plan([strategy], [pod], grants).values()].flat().length;
}

describe('planIntents', () => {
  it('derives one intent for each strategy and each matching pod, by node', () => {
    const strategy = aStrategy({ spec: { labelSelectors: [web], priority: 3, commandRegex: '^nginx' } });
    const here = aPod({ uid: 'u1', nodeName: 'n1', containers: [{ name: 'c', id: 'ab' }] });
    const there = aPod({ uid: 'u2', name: 'web-2', nodeName: 'n2' });
    const other = aPod({ uid: 'u3', labels: { app: 'db' } });

    const planned = plan([strategy], [here, there, other]);

    expect([...planned.keys()]).toEqual(['n1', 'n2']);
    expect(planned.get('n1')).toEqual([
      {
        id: intentId(strategy.id, 'u1'),
        strategyID: strategy.id,
        strategyCreatedTime: 1_000,
        precedence: 0,
        podName: 'web-1',
        podID: 'u1',
        nodeID: 'n1',
        k8sNamespace: 'default',
        commandRegex: '^nginx',
        commandTarget: 'comm',
        priority: 3,
        executionTime: 0,
        threads: false,
        containerNames: [],
        containers: [{ name: 'c', id: 'ab' }],
        podLabels: { app: 'web' },
      },
    ]);
  });

  it('leaves out the pair of strategy and pod that was excluded, and nothing else', () => {
    const pods = [aPod({ uid: 'u1' }), aPod({ uid: 'u2', name: 'web-2' })];
    const strategies = ['a', 'b'].map((id) => aStrategy({ id, spec: { labelSelectors: [web] } }));
    const excluded = new Set([intentId('a', 'u1')]);
    const rest = { nowMs: 5_000, protectedNamespaces: new Set<string>(), grantsOf: () => [aGrant()] };

    const planned = [...planIntents({ strategies, pods, excluded, ...rest }).values()].flat();

    const pairs = planned.map(({ strategyID, podID }) => `${strategyID} ${podID}`);
    expect(pairs.sort()).toEqual(['a u2', 'b u1', 'b u2']);
  });

  it('makes ids of 24 hex that depend on strategy and pod only', () => {
    expect(intentId('a', 'b')).toMatch(/^[0-9a-f]{24}$/);
    expect(intentId('a', 'b')).toBe(intentId('a', 'b'));
    expect(intentId('a', 'c')).not.toBe(intentId('a', 'b'));
  });

  it('names a static pod as its cgroups do', () => {
    const pod = aPod({ uid: 'u1', cgroupUid: 'd'.repeat(32) });
    const [intent] = plan([aStrategy({ spec: { labelSelectors: [web] } })], [pod]).get('node-1') ?? [];

    expect(intent?.podID).toBe('d'.repeat(32));
  });

  const matching = aStrategy({ spec: { labelSelectors: [web] } });

  it.each<[string, Strategy, Pod, number]>([
    ['a pod that is not bound yet', matching, aPod({ nodeName: undefined }), 0],
    ['a pending pod', matching, aPod({ phase: 'Pending', hasRunningContainer: false }), 0],
    ['a pending pod with a running init container', matching, aPod({ phase: 'Pending' }), 1],
    ['a finished pod', matching, aPod({ phase: 'Succeeded', hasRunningContainer: false }), 0],
    ['a pod with other labels', matching, aPod({ labels: {} }), 0],
    [
      'a namespace that is not named',
      aStrategy({ spec: { labelSelectors: [web], k8sNamespace: ['other'] } }),
      aPod(),
      0,
    ],
    ['a disabled strategy', aStrategy({ spec: { labelSelectors: [web], enabled: false } }), aPod(), 0],
    ['an expired strategy', aStrategy({ spec: { labelSelectors: [web], expiresAt: 5_000 } }), aPod(), 0],
    [
      'a strategy that will expire',
      aStrategy({ spec: { labelSelectors: [web], expiresAt: 5_001 } }),
      aPod(),
      1,
    ],
    ['a protected namespace that is not named', matching, aPod({ namespace: 'kube-system' }), 0],
    [
      'a protected namespace that is named',
      aStrategy({ spec: { labelSelectors: [web], k8sNamespace: ['kube-system'] } }),
      aPod({ namespace: 'kube-system' }),
      1,
    ],
    ['all pods', aStrategy({ spec: { allPods: true } }), aPod({ labels: {} }), 1],
    [
      'all pods, but a protected one',
      aStrategy({ spec: { allPods: true } }),
      aPod({ namespace: 'kube-system' }),
      0,
    ],
  ])('%s', (_title, strategy, pod, expected) => {
    expect(plannedPods(strategy, pod)).toBe(expected);
  });

  it("follows the owner's rights as they are now", () => {
    expect(plannedPods(matching, aPod(), [])).toBe(0);
    expect(plannedPods(matching, aPod(), [aGrant({ k8sNamespaces: ['other'] })])).toBe(0);
    expect(plannedPods(matching, aPod(), [aGrant({ strongestPriority: 11 })])).toBe(0);
    expect(plannedPods(matching, aPod(), [aGrant({ k8sNamespaces: ['def*'] })])).toBe(1);
  });

  it('lists a node weakest first, so that the winner stands last, whatever the order of the input', () => {
    const strategies = [
      aStrategy({ id: 'a'.repeat(24), spec: { labelSelectors: [web], priority: 10 } }),
      aStrategy({ id: 'b'.repeat(24), spec: { labelSelectors: [web], priority: 2 } }),
      aStrategy({ id: 'c'.repeat(24), spec: { labelSelectors: [web], priority: 15, precedence: 1 } }),
      aStrategy({ id: 'd'.repeat(24), createdTime: 1, spec: { labelSelectors: [web], priority: 2 } }),
    ];
    const pods = [aPod({ uid: 'u1' }), aPod({ uid: 'u2', name: 'web-2' })];
    const expected = plan(strategies, pods).get('node-1');

    fc.assert(
      fc.property(
        fc.shuffledSubarray(strategies, { minLength: 4 }),
        fc.shuffledSubarray(pods, { minLength: 2 }),
        (someStrategies, somePods) => {
          expect(plan(someStrategies, somePods).get('node-1')).toEqual(expected);
        },
      ),
    );
    expect(expected?.at(-1)?.strategyID).toBe('c'.repeat(24));
    for (const [index, intent] of (expected ?? []).entries()) {
      const next = expected?.[index + 1];
      if (next !== undefined) expect(compareRank(intent, next)).toBeGreaterThanOrEqual(0);
    }
  });
});

describe('nextExpiry', () => {
  it('is the first expiry of an enabled strategy that is still to come', () => {
    const strategies = [
      aStrategy({ spec: { expiresAt: 9_000 } }),
      aStrategy({ spec: { expiresAt: 7_000 } }),
      aStrategy({ spec: { expiresAt: 6_000, enabled: false } }),
      aStrategy({ spec: { expiresAt: 5_000 } }),
      aStrategy(),
    ];

    expect(nextExpiry(strategies, 5_000)).toBe(7_000);
    expect(nextExpiry([], 5_000)).toBeUndefined();
  });
});
