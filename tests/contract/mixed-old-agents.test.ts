import { afterEach, describe, expect, it } from 'vitest';
import { PATHS } from '../../shared/contract/decision-maker-api.js';
import { systemClock } from '../../shared/lifecycle/clock.js';
import { eventually } from '../support/eventually.js';
import { FirstGenerationAgent, newAgentKey } from '../support/first-generation-agent.js';
import { merkleRootOf } from '../support/first-generation-merkle.js';
import { MixedFleet, podUidOf } from '../support/mixed-fleet.js';

/** One pair for the whole cluster, as the first generation has it. */
const key = newAgentKey();

let fleet: MixedFleet;
afterEach(() => fleet.stop());

/** A manager that knows the old agents' public key, and one such agent on node-1. */
async function withOldAgent(sections: Readonly<Record<string, unknown>> = {}) {
  const old = await FirstGenerationAgent.start({
    key,
    processes: [
      { pid: 4_001, podUid: podUidOf('node-1'), comm: 'nginx' },
      { pid: 4_002, podUid: podUidOf('node-1'), comm: 'sidecar' },
    ],
  });
  fleet = await MixedFleet.start({ ...sections, key: { dm_public_key_pem: old.publicKeyPem } });
  fleet.adopt(old);
  return old;
}

function applied(nodeName?: string) {
  return eventually(async () => {
    const delivery = await fleet.delivery(nodeName);
    expect(delivery).toMatchObject({ state: 'Applied' });
    return delivery;
  });
}

function failed(reason: RegExp, nodeName?: string) {
  return eventually(async () => {
    const delivery = await fleet.delivery(nodeName);
    expect(delivery).toMatchObject({ state: 'Failed', lastError: expect.stringMatching(reason) });
    return delivery;
  });
}

describe('an agent of the first generation', () => {
  it('gets the eight public fields, the winner last, and counts as applied by its root', async () => {
    const old = await withOldAgent();
    await fleet.wish({ name: 'strong', priority: 2 });
    await fleet.wish({ name: 'first', priority: 9, precedence: 7, commandRegex: '^nginx$' });
    await fleet.wish({ name: 'zero', priority: 0, precedence: 1, executionTime: 0 });

    fleet.place('node-1', old.origin);
    const delivery = await applied();

    const item = {
      podName: 'web-of-node-1',
      podID: podUidOf('node-1'),
      nodeID: 'node-1',
      k8sNamespace: 'default',
      podLabels: { app: 'web' },
      commandRegex: '',
      executionTime: 20_000_000,
    };
    expect(JSON.parse(old.callsTo('POST', PATHS.intents)[0]?.body ?? '')).toEqual({
      intents: [
        { ...item, priority: 2 },
        { ...item, priority: 1 },
        { ...item, priority: 9, commandRegex: '^nginx$' },
      ],
    });
    expect(delivery).toMatchObject({ agentGeneration: 'first', intents: 3, withheld: 0, failures: 0 });
    expect(delivery.acknowledgedRoot).toBe(merkleRootOf(old.held));
    expect(delivery).not.toHaveProperty('acknowledged');
    // The scheduler keeps the last item of a process.
    const kept = new Map((await old.scheduling()).map(({ pid, priority }) => [pid, priority]));
    expect(kept).toEqual(
      new Map([
        [4_001, 9],
        [4_002, 1],
      ]),
    );
    expect((await fleet.intents()).map(({ status }: { status: string }) => status)).toEqual(
      Array(3).fill('Applied'),
    );
  });

  it('gives one token for all that follows', async () => {
    const old = await withOldAgent();
    fleet.place('node-1', old.origin);
    await applied();

    for (let count = 1; count <= 5; count++) {
      await fleet.wish({ name: `number ${count}`, priority: count });
      await eventually(() => expect(old.held).toHaveLength(count));
    }
    await fleet.call('GET', '/api/v1/nodes/node-1/pods/pids');

    const [exchange, ...more] = old.callsTo('POST', PATHS.token);
    expect(more).toEqual([]);
    expect(JSON.parse(exchange?.body ?? '')).toEqual({
      public_key: old.publicKeyPem,
      client_id: 'manager-client',
      expired_at: expect.any(Number),
    });
  });

  it('hears of an empty set, and of every set once', async () => {
    const old = await withOldAgent();
    const id = await fleet.wish({ name: 'gone soon' });
    fleet.place('node-1', old.origin);
    await applied();

    await fleet.call('DELETE', '/api/v1/strategies', { strategyId: id });
    await eventually(() => expect(old.held).toEqual([]));
    await applied();
    await systemClock.sleep(1_500);

    // The sweep has looked in the meantime, and had nothing to send.
    expect(old.callsTo('POST', PATHS.intents)).toHaveLength(2);
  });

  it('is not sent what only concerns fields that it does not get', async () => {
    const old = await withOldAgent();
    const id = await fleet.wish({ name: 'same to it', priority: 4 });
    fleet.place('node-1', old.origin);
    await applied();

    const change = { strategyId: id, name: 'same to it', labelSelectors: [{ key: 'app', value: 'web' }] };
    const answer = await fleet.call('PUT', '/api/v1/strategies', { ...change, priority: 4, threads: true });
    expect(answer.status).toBe(200);
    await eventually(async () => expect((await fleet.intents())[0]).toMatchObject({ threads: true }));
    await applied();

    expect(old.callsTo('POST', PATHS.intents)).toHaveLength(1);
  });

  it.each([
    ['forgot everything', (old: FirstGenerationAgent) => old.loseMemory()],
    [
      'was given something else',
      (old: FirstGenerationAgent) => {
        old.held = old.held.map((intent) => ({ ...intent, priority: 20 }));
      },
    ],
  ])('is healed by the sweep when it %s', async (_title, tamper) => {
    const old = await withOldAgent();
    await fleet.wish({ name: 'kept', priority: 3 });
    fleet.place('node-1', old.origin);
    await applied();
    const held = old.held;

    tamper(old);

    await eventually(() => expect(old.held).toEqual(held));
    expect(await fleet.metric('podium_set_drift_total')).toBeGreaterThan(0);
  });

  it('does not get what it would widen; the rest is applied', async () => {
    const old = await withOldAgent();
    await fleet.wish({ name: 'containers', containerNames: ['app'] });
    await fleet.wish({ name: 'command line', commandRegex: 'java', commandTarget: 'cmdline' });
    await fleet.wish({ name: 'plain', priority: 7 });

    fleet.place('node-1', old.origin);
    const delivery = await applied();

    expect(delivery).toMatchObject({ intents: 3, withheld: 2 });
    expect(old.held).toMatchObject([{ priority: 7, commandRegex: '' }]);
    const told = (await fleet.intents()).map(({ status, reason }: { status: string; reason?: string }) => [
      status,
      reason?.split(':')[0],
    ]);
    expect(told.toSorted()).toEqual([
      ['Applied', undefined],
      ['Failed', 'agent too old'],
      ['Failed', 'agent too old'],
    ]);
    expect(await fleet.metric('podium_first_generation_agents')).toBe(1);
    expect(await fleet.metric('podium_withheld_intents')).toBe(2);
  });

  it("tells of its pods' processes", async () => {
    const old = await withOldAgent();
    fleet.place('node-1', old.origin);

    const { body } = await fleet.call('GET', '/api/v1/nodes/node-1/pods/pids');

    expect(body.data.pods).toMatchObject([
      { pod_name: 'web-of-node-1', processes: [{ pid: 4_001, command: 'nginx' }, { pid: 4_002 }] },
    ]);
  });
});

describe('the way in to an agent of the first generation', () => {
  it('is said when its public key is not configured', async () => {
    fleet = await MixedFleet.start();
    const old = fleet.adopt(await FirstGenerationAgent.start({ key }));
    fleet.place('node-1', old.origin);

    const { lastError } = await failed(/401: Invalid or expired token/);

    expect(lastError).toContain('key.dm_public_key_pem');
    expect(lastError).toContain('auth.manager_jwks_file');
    expect(old.callsTo('POST', PATHS.token)).toEqual([]);
  });

  it('is said when the configured public key is not its own', async () => {
    fleet = await MixedFleet.start({
      key: { dm_public_key_pem: (await fleetless(newAgentKey())).publicKeyPem },
    });
    const old = fleet.adopt(await FirstGenerationAgent.start({ key }));
    fleet.place('node-1', old.origin);

    await failed(/401: Public key verification failed\): key\.dm_public_key_pem must be/);

    expect(old.callsTo('POST', PATHS.intents)).toEqual([]);
  });

  it('is found anew when a token has ended before its time', async () => {
    const old = await withOldAgent();
    old.tokenLifetimeSec = 1;
    fleet.place('node-1', old.origin);
    await applied();
    await systemClock.sleep(1_100);

    await fleet.wish({ name: 'after the token' });

    await eventually(() => expect(old.held).toHaveLength(1));
    await applied();
    expect(old.callsTo('POST', PATHS.token).length).toBeGreaterThan(1);
  });
});

/** Only its public key is of interest. */
async function fleetless(otherKey: typeof key): Promise<{ publicKeyPem: string }> {
  const agent = await FirstGenerationAgent.start({ key: otherKey });
  await agent.stop();
  return agent;
}

describe('an agent of the first generation in trouble', () => {
  it.each([
    [
      'answers 500',
      { status: 500, body: '{"success":false,"error":"Failed to process intents"}' },
      /500: Failed/,
    ],
    ['answers something else', { status: 200, body: '<html>hello</html>' }, /not of the agreed form/],
    ['answers with a panic', { status: 500, body: 'Internal Server Error' }, /500 without a reason/],
    ['hangs', 'hang' as const, /no answer within 500 ms/],
    [
      'takes a set and drops it',
      { status: 200, body: '{"success":true}' },
      /holds a set with the root e3b0c44298fc/,
    ],
  ])('%s: it is said, and it is served when it is well again', async (_title, fault, reason) => {
    const old = await withOldAgent();
    old.fault = ({ method, path }) => (method === 'POST' && path === PATHS.intents ? fault : undefined);
    await fleet.wish({ name: 'waiting' });
    fleet.place('node-1', old.origin);

    await failed(reason);
    expect((await fleet.intents())[0]).toMatchObject({
      status: 'Failed',
      reason: expect.stringMatching(reason),
    });
    old.fault = () => undefined;

    await applied();
    expect(old.held).toHaveLength(1);
  });

  it('has no root to show: it is too old for anything', async () => {
    const old = await withOldAgent();
    const notFound = { status: 404, body: '{"message":"Not Found"}' };
    old.fault = ({ path }) => (path === PATHS.intentsMerkle ? notFound : undefined);
    fleet.place('node-1', old.origin);

    await failed(/agent too old: it cannot be asked which set it holds/);
  });
});

describe('a fleet of both generations', () => {
  it('is served side by side, and a hanging agent holds up nobody', async () => {
    const old = await withOldAgent();
    const { origin } = await fleet.currentAgent();
    const hanging = fleet.adopt(await FirstGenerationAgent.start({ key }));
    hanging.fault = () => 'hang';
    const second = fleet.adopt(await FirstGenerationAgent.start({ key }));
    await fleet.wish({ name: 'containers', containerNames: ['app'] });
    await fleet.wish({ name: 'plain' });

    fleet.place('node-4', hanging.origin);
    fleet.place('node-1', origin);
    fleet.place('node-2', old.origin);
    fleet.place('node-3', second.origin);

    expect(await applied('node-1')).toMatchObject({ agentGeneration: 'current', intents: 2, withheld: 0 });
    expect(await applied('node-2')).toMatchObject({ agentGeneration: 'first', intents: 2, withheld: 1 });
    expect(await applied('node-3')).toMatchObject({ agentGeneration: 'first', intents: 2, withheld: 1 });
    await failed(/no answer within/, 'node-4');
    expect(second.held).toMatchObject([{ nodeID: 'node-3' }]);
    expect(await fleet.metric('podium_first_generation_agents')).toBe(2);
  });

  it.each([
    ['in place, by the sweep', 'agent-of-node-1', 1],
    ['in place, by the next set', 'agent-of-node-1', 3_600],
    ['as another pod', 'agent-2', 3_600],
  ])('notices an agent updated %s', async (_title, podUid, sweep_interval_sec) => {
    const old = await withOldAgent({ delivery: { sweep_interval_sec } });
    await fleet.wish({ name: 'containers', containerNames: ['app'] });
    fleet.place('node-1', old.origin);
    expect(await applied()).toMatchObject({ withheld: 1 });

    await old.stop();
    const { agent, origin } = await fleet.currentAgent({ port: old.port });
    fleet.place('node-1', origin, podUid);
    await fleet.wish({ name: 'the next set' });

    await eventually(async () =>
      expect(await fleet.delivery()).toMatchObject({
        state: 'Applied',
        agentGeneration: 'current',
        withheld: 0,
      }),
    );
    const { body } = await agent.asManager('GET', PATHS.intentsMerkle);
    expect(body.data.set).toEqual((await fleet.delivery()).acknowledged);
    expect((await fleet.intents()).map(({ status }: { status: string }) => status)).toEqual([
      'Applied',
      'Applied',
    ]);
  });

  it.each([
    ['the sweep', 1],
    ['the next set', 3_600],
  ])('notices an agent set back in place by %s, and withholds again', async (_title, sweep_interval_sec) => {
    const { publicKeyPem } = await fleetless(key);
    fleet = await MixedFleet.start({
      key: { dm_public_key_pem: publicKeyPem },
      delivery: { sweep_interval_sec },
    });
    const current = await fleet.currentAgent();
    await fleet.wish({ name: 'containers', containerNames: ['app'] });
    fleet.place('node-1', current.origin);
    expect(await applied()).toMatchObject({ agentGeneration: 'current' });

    await current.stop();
    const port = Number(new URL(current.origin).port);
    const old = fleet.adopt(await FirstGenerationAgent.start({ key, port }));
    await fleet.wish({ name: 'plain' });

    await eventually(async () =>
      expect(await fleet.delivery()).toMatchObject({
        state: 'Applied',
        agentGeneration: 'first',
        withheld: 1,
      }),
    );
    expect(old.held).toHaveLength(1);
    // It never took a set of the kind that it would have widened: what was posted so was refused for its token.
    const taken = old.callsTo('POST', PATHS.intents).filter(({ taken }) => taken);
    expect(taken.map(({ body }) => JSON.parse(body).intents.length)).toEqual([1]);
    expect(taken[0]?.body).not.toContain('containerNames');
  });
});
