import pLimit from 'p-limit';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../shared/lifecycle/clock.js';
import type { Logger } from '../../shared/observability/logger.js';
import { silentLogger } from '../../shared/observability/logger.js';
import { Registry } from '../../shared/observability/metrics.js';
import { aGrant, aPod, aStrategy } from '../../tests/support/builders.js';
import { embeddedStores } from '../../tests/support/embedded-stores.js';
import { FakeDecisionMaker } from '../../tests/support/fake-decision-maker.js';
import type { AgentEndpoint } from '../domain/cluster.js';
import { planIntents } from '../domain/intent-planning.js';
import { type NodeSet, nodeSet } from '../domain/node-set.js';
import type { StrategySpec } from '../domain/strategy.js';
import { DeliveryMetrics } from './delivery-metrics.js';
import { EpochKeeper } from './epoch-keeper.js';
import { NodeSync } from './node-sync.js';

const agent: AgentEndpoint = { nodeName: 'node-1', origin: 'http://10.0.0.1:8080', podUid: 'pod-1' };
const never = new AbortController().signal;

let stores: ReturnType<typeof embeddedStores>;
let epoch: EpochKeeper;
let decisionMaker: FakeDecisionMaker;
let warnings: string[];
let node: NodeSync;

beforeEach(async () => {
  stores = embeddedStores();
  epoch = new EpochKeeper(stores.epoch, silentLogger);
  await epoch.start();
  decisionMaker = new FakeDecisionMaker();
  decisionMaker.generation = 'first';
  warnings = [];
  const logger: Logger = {
    ...silentLogger,
    warn: (_fields, text) => void warnings.push(text),
    child: () => logger,
  };
  node = new NodeSync('node-1', {
    decisionMaker,
    epoch,
    limit: pLimit(4),
    backoff: { minMs: 2, maxMs: 10 },
    clock: systemClock,
    random: () => 0,
    logger,
    metrics: new DeliveryMetrics(new Registry()),
  });
});

afterEach(async () => {
  await node.stop();
  await stores.close();
});

function aSet(...specs: Partial<StrategySpec>[]): NodeSet {
  const strategies = specs.map((spec, index) =>
    aStrategy({ id: String(index).repeat(24), spec: { allPods: true, ...spec } }),
  );
  const plan = planIntents({
    strategies,
    pods: [aPod()],
    nowMs: 0,
    protectedNamespaces: new Set(),
    excluded: new Set(),
    grantsOf: () => [aGrant()],
  });
  return nodeSet('node-1', plan.get('node-1') ?? []);
}

function applied(): Promise<void> {
  return vi.waitFor(() => expect(node.delivery().state).toBe('Applied'));
}

describe('NodeSync with an agent of the first generation', () => {
  it('sends again when only the order changes, which the root cannot show', async () => {
    node.offer(aSet({ priority: 3 }, { priority: 5 }), agent);
    await applied();

    node.offer(aSet({ priority: 3 }, { priority: 5, precedence: 1 }), agent);
    await applied();

    expect(decisionMaker.legacyReceived.map((items) => items.map(({ priority }) => priority))).toEqual([
      [5, 3],
      [3, 5],
    ]);
  });

  it('asks for the root before it believes that a known list is still there', async () => {
    node.offer(aSet({ threads: false }), agent);
    await applied();
    decisionMaker.legacyHeld = [];

    node.offer(aSet({ threads: true }), agent);
    await applied();

    expect(decisionMaker.legacyReceived).toHaveLength(2);
  });

  it('reports the agent once, whatever happens to it', async () => {
    node.offer(aSet({}), agent);
    await applied();
    decisionMaker.legacyHeld = [];
    await node.sweep(never);
    await applied();
    node.offer(aSet({}), undefined);
    node.offer(aSet({}), agent);
    await applied();

    const reports = warnings.filter((text) => text === 'agent is of the first generation: update it');
    expect(reports).toHaveLength(1);
  });

  it('keeps an intent withheld while the agent cannot be reached', async () => {
    const set = aSet({ containerNames: ['app'] });
    node.offer(set, agent);
    await applied();
    decisionMaker.before = () => Promise.reject(new Error('no answer'));

    const wider = aSet({ containerNames: ['app'] }, { priority: 3 });
    node.offer(wider, agent);
    await vi.waitFor(() => expect(node.delivery().state).toBe('Failed'));

    const reasons = wider.intents.map((intent) => node.statusOf(intent));
    expect(reasons).toContainEqual({
      state: 'Failed',
      reason: expect.stringContaining('agent too old'),
      nextTryAtMs: undefined,
    });
    expect(reasons).toContainEqual(expect.objectContaining({ state: 'Failed', reason: 'no answer' }));
  });

  it('sends nothing when another manager has taken the store', async () => {
    node.offer(aSet({}), agent);
    await applied();
    await stores.epoch.compareAndSet(1, 2);
    await epoch.outrank(2);

    node.offer(aSet({ priority: 1 }), agent);
    await systemClock.sleep(20);

    expect(decisionMaker.legacyReceived).toHaveLength(1);
  });

  it('switches with the agent, both ways', async () => {
    const set = aSet({ containerNames: ['app'] }, {});
    node.offer(set, agent);
    await applied();
    expect(node.delivery()).toMatchObject({ generation: 'first', withheld: 1, acknowledged: undefined });

    decisionMaker.generation = 'current';
    await node.sweep(never);
    await applied();
    expect(node.delivery()).toMatchObject({
      generation: 'current',
      withheld: 0,
      acknowledgedRoot: undefined,
    });
    expect(decisionMaker.received).toHaveLength(1);

    decisionMaker.generation = 'first';
    decisionMaker.held = undefined;
    await node.sweep(never);
    await applied();
    expect(node.delivery()).toMatchObject({ generation: 'first', withheld: 1 });
    expect(decisionMaker.legacyReceived).toHaveLength(2);
  });
});
