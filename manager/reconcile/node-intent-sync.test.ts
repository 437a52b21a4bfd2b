import pLimit from 'p-limit';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../shared/lifecycle/clock.js';
import { silentLogger } from '../../shared/observability/logger.js';
import { Registry } from '../../shared/observability/metrics.js';
import { aGrant, aNode, aNodePolicy } from '../../tests/support/builders.js';
import { embeddedStores } from '../../tests/support/embedded-stores.js';
import { FakeDecisionMaker } from '../../tests/support/fake-decision-maker.js';
import type { AgentEndpoint } from '../domain/cluster.js';
import type { NodeIntent } from '../domain/node-intent.js';
import { planNodeIntents } from '../domain/node-intent-planning.js';
import { nodeSet } from '../domain/node-set.js';
import { DeliveryMetrics } from './delivery-metrics.js';
import { EpochKeeper } from './epoch-keeper.js';
import { NodeSync } from './node-sync.js';

const agent: AgentEndpoint = { nodeName: 'node-1', origin: 'http://10.0.0.1:8080', podUid: 'pod-1' };
const set = nodeSet('node-1', []);
const never = new AbortController().signal;

let stores: ReturnType<typeof embeddedStores>;
let epoch: EpochKeeper;
let decisionMaker: FakeDecisionMaker;
let registry: Registry;
let metrics: DeliveryMetrics;
let node: NodeSync;

beforeEach(async () => {
  stores = embeddedStores();
  epoch = await anEpoch();
  decisionMaker = new FakeDecisionMaker();
  registry = new Registry();
  metrics = new DeliveryMetrics(registry);
  node = aNodeSync(epoch);
});

afterEach(async () => {
  await node.stop();
  await stores.close();
});

async function anEpoch(): Promise<EpochKeeper> {
  const keeper = new EpochKeeper(stores.epoch, silentLogger);
  await keeper.start();
  return keeper;
}

function aNodeSync(of: EpochKeeper): NodeSync {
  return new NodeSync('node-1', {
    decisionMaker,
    epoch: of,
    limit: pLimit(4),
    backoff: { minMs: 2, maxMs: 10 },
    clock: systemClock,
    random: () => 0,
    logger: silentLogger,
    metrics,
  });
}

/** One node intent for each priority, as planned. */
function wishes(...priorities: number[]): readonly NodeIntent[] {
  const policies = priorities.map((priority, index) =>
    aNodePolicy({ id: String(index).repeat(24), spec: { priority } }),
  );
  const input = { policies, nodes: [aNode()], grantsOf: () => [aGrant()], excluded: new Set<string>() };
  return planNodeIntents(input).get('node-1') ?? [];
}

function state(): string {
  return node.delivery().nodeIntents.state;
}

function reached(expected: string): Promise<void> {
  return vi.waitFor(() => expect(state()).toBe(expected));
}

function held(): readonly number[] | undefined {
  return decisionMaker.nodeIntents.get('node-1')?.map(({ priority }) => priority);
}

async function metric(name: string): Promise<number> {
  const line = (await registry.metrics()).split('\n').find((each) => each.startsWith(`${name} `));
  return Number(line?.split(' ')[1]);
}

describe('NodeSync with node intents', () => {
  it('sends them once, weakest first, and nothing while nothing changes', async () => {
    const wanted = wishes(3, 9);
    node.offer(set, agent, wanted);
    await reached('Applied');
    const questions = decisionMaker.nodeIntentQuestions;

    for (let round = 0; round < 3; round++) node.offer(set, agent, wishes(3, 9));
    await systemClock.sleep(20);

    const item = { nodeID: 'node-1', commandRegex: 'nginx', executionTime: 0 };
    expect(decisionMaker.nodeIntentsReceived).toEqual([
      [
        { ...item, policyID: '1'.repeat(24), priority: 9 },
        { ...item, policyID: '0'.repeat(24), priority: 3 },
      ],
    ]);
    expect(decisionMaker.nodeIntentQuestions).toBe(questions);
    expect(decisionMaker.received).toHaveLength(1);
    expect(wanted.map((intent) => node.statusOfNodeIntent(intent))).toEqual([
      { state: 'Applied' },
      { state: 'Applied' },
    ]);
    expect(node.delivery().nodeIntents).toMatchObject({
      intents: 2,
      acknowledgedRoot: expect.stringMatching(/^[0-9a-f]{64}$/),
      failures: 0,
    });
  });

  it('sends a change, an empty list too', async () => {
    node.offer(set, agent, wishes(3));
    await reached('Applied');
    node.offer(set, agent, wishes(4));
    await vi.waitFor(() => expect(held()).toEqual([4]));
    node.offer(set, agent, []);

    await vi.waitFor(() => expect(held()).toEqual([]));
    await reached('Applied');
    expect(decisionMaker.nodeIntentsReceived).toHaveLength(3);
  });

  it('takes away what an earlier manager left', async () => {
    await decisionMaker.replaceNodeIntents(agent, wishes(5));

    node.offer(set, agent, []);
    await reached('Applied');

    expect(held()).toEqual([]);
  });

  it('sends no empty list to an agent that has none', async () => {
    node.offer(set, agent, []);
    await reached('Applied');

    expect(decisionMaker.nodeIntentsReceived).toEqual([]);
    expect(decisionMaker.nodeIntentQuestions).toBe(1);
  });

  it('sends to every agent again in a new epoch', async () => {
    node.offer(set, agent, wishes(3));
    await reached('Applied');

    const successor = aNodeSync(await anEpoch());
    successor.offer(set, agent, wishes(3));
    await vi.waitFor(() => expect(successor.delivery().nodeIntents.state).toBe('Applied'));
    await successor.stop();

    expect(decisionMaker.nodeIntentsReceived).toHaveLength(2);
  });

  it('sends nothing more once another manager has come, although no agent refuses it', async () => {
    node.offer(set, agent, wishes(3));
    await reached('Applied');
    await anEpoch();

    node.offer(set, agent, wishes(4));
    await vi.waitFor(() => expect(epoch.owned).toBe(false));
    await systemClock.sleep(20);

    expect(held()).toEqual([3]);
  });

  it('goes on while the store cannot be asked', async () => {
    vi.spyOn(stores.epoch, 'current').mockRejectedValue(new Error('the store is down'));

    node.offer(set, agent, wishes(3));
    await reached('Applied');

    expect(held()).toEqual([3]);
  });

  it('tries again after failures, while the set is applied', async () => {
    const failed: unknown[] = [];
    const wanted = wishes(3);
    decisionMaker.beforeNodeIntents = () => {
      if (failed.length === 3) return;
      failed.push(wanted.map((intent) => node.statusOfNodeIntent(intent)));
      throw new Error('no answer');
    };

    node.offer(set, agent, wanted);
    await reached('Applied');

    expect(failed.at(-1)).toEqual([
      { state: 'Failed', reason: 'no answer', nextTryAtMs: expect.any(Number) },
    ]);
    expect(held()).toEqual([3]);
    await vi.waitFor(() => expect(node.delivery().state).toBe('Applied'));
    expect(decisionMaker.received).toHaveLength(1);
    expect(await metric('podium_node_intent_delivery_failures_total')).toBe(3);
    expect(await metric('podium_set_delivery_failures_total')).toBe(0);
  });

  it('are delivered while the set is refused', async () => {
    decisionMaker.replaceSet = () => Promise.reject(new Error('422'));

    node.offer(set, agent, wishes(3));
    await reached('Applied');

    expect(node.delivery()).toMatchObject({ state: 'Failed', lastError: '422' });
    expect(held()).toEqual([3]);
  });

  it('say why when the agent cannot even be greeted', async () => {
    const [wish] = wishes(3);
    decisionMaker.before = () => Promise.reject(new Error('connection refused'));

    node.offer(set, agent, wishes(3));

    await vi.waitFor(() =>
      expect(wish && node.statusOfNodeIntent(wish)).toMatchObject({
        state: 'Failed',
        reason: 'connection refused',
      }),
    );
    node.offer(set, undefined, wishes(3));
    expect(state()).toBe('NoAgent');
    expect(wish && node.statusOfNodeIntent(wish)).toMatchObject({ state: 'Failed' });
  });

  it('fail as too old where the agent lacks the route, and leave the set alone', async () => {
    decisionMaker.knowsNodeIntents = false;
    const [wish] = wishes(3);

    node.offer(set, agent, wishes(3));
    await reached('Unsupported');
    await vi.waitFor(() => expect(node.delivery().state).toBe('Applied'));
    await systemClock.sleep(20);

    expect(wish && node.statusOfNodeIntent(wish)).toEqual({
      state: 'Failed',
      reason: expect.stringContaining('agent too old'),
      nextTryAtMs: undefined,
    });
    expect(decisionMaker.nodeIntentQuestions).toBe(1);
    expect(node.delivery()).toMatchObject({ failures: 0, nodeIntents: { failures: 0 } });
  });

  it('reach an agent that was too old when the sweep finds it updated in place', async () => {
    decisionMaker.knowsNodeIntents = false;
    node.offer(set, agent, wishes(3));
    await reached('Unsupported');
    decisionMaker.knowsNodeIntents = true;

    await node.sweep(never);
    await reached('Applied');

    expect(held()).toEqual([3]);
  });

  it('are acknowledged by the root of an agent of the first generation, with numbers that all schedulers read alike', async () => {
    decisionMaker.generation = 'first';

    node.offer(set, agent, wishes(0));
    await reached('Applied');
    await node.sweep(never);
    await systemClock.sleep(10);

    expect(decisionMaker.nodeIntentsReceived).toHaveLength(1);
    expect(decisionMaker.nodeIntents.get('node-1')).toMatchObject([
      { priority: 1, executionTime: 20_000_000 },
    ]);
  });

  it.each<[string, () => void]>([
    ['forgot them', () => decisionMaker.nodeIntents.clear()],
    ['was given others', () => decisionMaker.nodeIntents.set('node-1', wishes(20))],
  ])('come back at the sweep when the agent %s', async (_title, tamper) => {
    node.offer(set, agent, wishes(3));
    await reached('Applied');
    tamper();

    await node.sweep(never);
    await vi.waitFor(() => expect(held()).toEqual([3]));
    await reached('Applied');

    expect(await metric('podium_node_intent_drift_total')).toBe(1);
    expect(decisionMaker.received).toHaveLength(1);
  });

  it('cost a faithful agent one question a sweep', async () => {
    node.offer(set, agent, wishes(3));
    await reached('Applied');
    const questions = decisionMaker.nodeIntentQuestions;

    await node.sweep(never);
    await node.sweep(never);

    expect(decisionMaker.nodeIntentQuestions).toBe(questions + 2);
    expect(decisionMaker.nodeIntentsReceived).toHaveLength(1);
  });

  it('go to another agent anew', async () => {
    node.offer(set, agent, wishes(3));
    await reached('Applied');
    decisionMaker.nodeIntents.clear();

    node.offer(set, { ...agent, podUid: 'pod-2' }, wishes(3));
    await vi.waitFor(() => expect(held()).toEqual([3]));

    expect(decisionMaker.nodeIntentsReceived).toHaveLength(2);
  });

  it('are not believed when the agent tells another root than they have', async () => {
    decisionMaker.replaceNodeIntents = async (_agent, items) => {
      decisionMaker.nodeIntents.set('node-1', items.slice(1));
    };

    node.offer(set, agent, wishes(3, 5));
    await reached('Failed');

    expect(node.delivery().nodeIntents.lastError).toContain('root');
  });

  it('stay with the newest of what came while a delivery ran', async () => {
    let release = () => {};
    decisionMaker.beforeNodeIntents = () => new Promise((resolve) => (release = resolve));
    node.offer(set, agent, wishes(1));
    await vi.waitFor(() => expect(decisionMaker.nodeIntentQuestions).toBe(1));
    node.offer(set, agent, wishes(2));
    node.offer(set, agent, wishes(3));
    decisionMaker.beforeNodeIntents = () => {};
    release();

    await vi.waitFor(() => expect(held()).toEqual([3]));
    expect(decisionMaker.nodeIntentsReceived.length).toBeLessThan(3);
  });

  it('are not sent after the end', async () => {
    decisionMaker.beforeNodeIntents = () => Promise.reject(new Error('down'));
    node.offer(set, agent, wishes(3));
    await vi.waitFor(() => expect(node.delivery().nodeIntents.failures).toBeGreaterThan(0));

    await node.stop();
    decisionMaker.beforeNodeIntents = () => {};
    node.offer(set, agent, wishes(4));
    await systemClock.sleep(20);

    expect(decisionMaker.nodeIntentsReceived).toEqual([]);
  });
});
