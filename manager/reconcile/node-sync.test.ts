import pLimit from 'p-limit';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Intent } from '../../shared/domain/intent.js';
import { systemClock } from '../../shared/lifecycle/clock.js';
import { silentLogger } from '../../shared/observability/logger.js';
import { Registry } from '../../shared/observability/metrics.js';
import { aGrant, aPod, aStrategy } from '../../tests/support/builders.js';
import { embeddedStores } from '../../tests/support/embedded-stores.js';
import { FakeDecisionMaker } from '../../tests/support/fake-decision-maker.js';
import type { AgentEndpoint } from '../domain/cluster.js';
import { planIntents } from '../domain/intent-planning.js';
import { type NodeSet, nodeSet } from '../domain/node-set.js';
import { DeliveryMetrics } from './delivery-metrics.js';
import { EpochKeeper } from './epoch-keeper.js';
import { NodeSync } from './node-sync.js';

const agent: AgentEndpoint = { nodeName: 'node-1', origin: 'http://10.0.0.1:8080', podUid: 'pod-1' };

let stores: ReturnType<typeof embeddedStores>;
let epoch: EpochKeeper;
let decisionMaker: FakeDecisionMaker;
let node: NodeSync;

beforeEach(async () => {
  stores = embeddedStores();
  epoch = new EpochKeeper(stores.epoch, silentLogger);
  await epoch.start();
  decisionMaker = new FakeDecisionMaker();
  node = aNodeSync();
});

afterEach(async () => {
  await node.stop();
  await stores.close();
});

function aNodeSync(): NodeSync {
  return new NodeSync('node-1', {
    decisionMaker,
    epoch,
    limit: pLimit(4),
    backoff: { minMs: 2, maxMs: 10 },
    clock: systemClock,
    random: () => 0,
    logger: silentLogger,
    metrics: new DeliveryMetrics(new Registry()),
  });
}

function aSet(...priorities: number[]): NodeSet {
  const strategies = priorities.map((priority, index) =>
    aStrategy({ id: String(index).repeat(24), spec: { allPods: true, priority } }),
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

function sentPairs(): string[] {
  return decisionMaker.received.map((set) => `${set.epoch}.${set.generation}`);
}

function statuses(set: NodeSet): string[] {
  return set.intents.map((intent: Intent) => node.statusOf(intent).state);
}

describe('NodeSync', () => {
  it('sends the whole set once, and nothing while nothing changes', async () => {
    const set = aSet(3, 5);

    node.offer(set, agent);
    await applied();
    node.offer(aSet(3, 5), agent);
    await systemClock.sleep(20);

    expect(decisionMaker.received).toEqual([{ ...set, epoch: 1, generation: 1 }]);
    expect(statuses(set)).toEqual(['Applied', 'Applied']);
  });

  it('sends an empty set to an agent that has not acknowledged this epoch', async () => {
    node.offer(aSet(), agent);
    await applied();

    expect(decisionMaker.held?.intents).toEqual([]);
  });

  it('counts generations within an epoch and sends only the newest of what came meanwhile', async () => {
    let release = () => {};
    decisionMaker.before = () => new Promise((resolve) => (release = resolve));
    node.offer(aSet(1), agent);
    await vi.waitFor(() => expect(decisionMaker.greetings).toBe(1));
    node.offer(aSet(2), agent);
    node.offer(aSet(3), agent);
    decisionMaker.before = () => {};
    release();
    await applied();

    expect(decisionMaker.held).toMatchObject({ digest: aSet(3).digest });
    expect(sentPairs()).toEqual(['1.1', '1.2']);
  });

  it('keeps intents Applied that the last acknowledged set had already', async () => {
    node.offer(aSet(3), agent);
    await applied();
    decisionMaker.before = () => Promise.reject(new Error('connection refused'));

    const wider = aSet(3, 5);
    node.offer(wider, agent);

    await vi.waitFor(() => expect(node.delivery().state).toBe('Failed'));
    const byStrategy = new Map(wider.intents.map((intent) => [intent.strategyID[0], node.statusOf(intent)]));
    expect(byStrategy.get('0')).toEqual({ state: 'Applied' });
    expect(byStrategy.get('1')).toMatchObject({ state: 'Failed', reason: 'connection refused' });
  });

  it('tries again after failures until it succeeds, under the same pair', async () => {
    let failures = 3;
    decisionMaker.before = () => {
      if (failures-- > 0) throw new Error('no answer');
    };

    node.offer(aSet(3), agent);
    await applied();

    expect(sentPairs()).toEqual(['1.1']);
    expect(node.delivery()).toMatchObject({ failures: 0, lastError: undefined });
  });

  it('waits for an agent, and says so', async () => {
    const set = aSet(3);
    node.offer(set, undefined);

    expect(node.delivery().state).toBe('NoAgent');
    expect(node.statusOf(set.intents[0] as Intent)).toMatchObject({ state: 'Failed' });
    node.offer(set, agent);
    await applied();
  });

  it('sends again to an agent that went and came back, under the same pair', async () => {
    node.offer(aSet(3), agent);
    await applied();

    node.offer(aSet(3), undefined);
    node.offer(aSet(3), agent);
    await applied();

    expect(sentPairs()).toEqual(['1.1', '1.1']);
    expect(decisionMaker.greetings).toBe(2);
  });

  it('does not wait out a back-off when another agent appears', async () => {
    node = new NodeSync('node-1', {
      decisionMaker,
      epoch,
      limit: pLimit(1),
      backoff: { minMs: 60_000, maxMs: 60_000 },
      clock: systemClock,
      random: () => 0,
      logger: silentLogger,
      metrics: new DeliveryMetrics(new Registry()),
    });
    decisionMaker.before = () => Promise.reject(new Error('gone'));
    node.offer(aSet(3), agent);
    await vi.waitFor(() => expect(node.delivery().state).toBe('Failed'));

    decisionMaker.before = () => {};
    node.offer(aSet(3), { ...agent, podUid: 'pod-2' });

    await applied();
  });

  it('raises the epoch above that of an agent while it owns the stored one', async () => {
    decisionMaker.held = { ...aSet(9), epoch: 40, generation: 7 };

    node.offer(aSet(3), agent);
    await applied();

    expect(sentPairs()).toEqual(['1.1', '41.1']);
    expect(await stores.epoch.current()).toBe(41);
  });

  it('stops sending when another manager has taken the store', async () => {
    decisionMaker.held = { ...aSet(9), epoch: 2, generation: 1 };
    await stores.epoch.compareAndSet(1, 2);

    node.offer(aSet(3), agent);
    await vi.waitFor(() => expect(epoch.owned).toBe(false));
    node.offer(aSet(4), agent);
    await systemClock.sleep(20);

    expect(sentPairs()).toEqual(['1.1']);
    expect(decisionMaker.held?.epoch).toBe(2);
  });

  it('counts on from a later generation of its own epoch', async () => {
    decisionMaker.held = { ...aSet(9), epoch: 1, generation: 7 };

    node.offer(aSet(3), agent);
    await applied();

    expect(sentPairs()).toEqual(['1.1', '1.8']);
  });

  it('backs off from an agent that refuses a newer set for no reason', async () => {
    const older = { epoch: 0, generation: 1, digest: 'x' };
    decisionMaker.replaceSet = async () => ({ kind: 'outdated', held: older });

    node.offer(aSet(3), agent);

    await vi.waitFor(() => expect(node.delivery().failures).toBeGreaterThan(1));
    expect(node.delivery().lastError).toContain('although it holds the older');
  });

  it('heals a tampered agent at the sweep, and leaves a faithful one alone', async () => {
    node.offer(aSet(3), agent);
    await applied();

    await node.sweep(new AbortController().signal);
    expect(decisionMaker.received).toHaveLength(1);
    decisionMaker.held = { ...aSet(), epoch: 1, generation: 1 };
    await node.sweep(new AbortController().signal);
    decisionMaker.held = undefined;
    await applied();
    await node.sweep(new AbortController().signal);
    await applied();

    expect(decisionMaker.held).toMatchObject({ digest: aSet(3).digest });
  });

  it('sends nothing after it was stopped', async () => {
    decisionMaker.before = () => Promise.reject(new Error('down'));
    node.offer(aSet(3), agent);
    await vi.waitFor(() => expect(node.delivery().failures).toBeGreaterThan(0));

    await node.stop();
    decisionMaker.before = () => {};
    node.offer(aSet(4), agent);
    await systemClock.sleep(20);

    expect(decisionMaker.received).toEqual([]);
  });
});
