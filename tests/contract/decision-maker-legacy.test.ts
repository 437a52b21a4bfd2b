import { readdirSync, truncateSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PATHS } from '../../shared/contract/decision-maker-api.js';
import { intentMerkleRoot } from '../../shared/domain/intent-digest.js';
import { EMPTY_ROOT } from '../../shared/domain/merkle.js';
import { anIntent, aPostedSet } from '../support/agent-builders.js';
import { containerCgroup } from '../support/pod-cgroups.js';
import { SimulatedNode } from '../support/simulated-node.js';
import { type Answer, eventually, TestAgent } from '../support/test-agent.js';

const POD = '0f0f0f0f-0000-4000-8000-000000000001';
const OTHER_POD = '0f0f0f0f-0000-4000-8000-000000000002';

/** What a first-generation manager posts. */
const anItem = (overrides: object = {}) => ({
  podName: 'web-1',
  podID: POD,
  nodeID: 'a name of its own',
  k8sNamespace: 'web',
  commandRegex: '',
  priority: 3,
  executionTime: 5_000_000,
  podLabels: { app: 'web' },
  ...overrides,
});

let node: SimulatedNode;
let agent: TestAgent;
let stateDir: string;
beforeEach(async () => {
  node = new SimulatedNode();
  node.put({ pid: 1_000, cgroup: containerCgroup('systemd', POD, 'a'.repeat(64)), comm: 'nginx' });
  node.put({ pid: 1_001, cgroup: containerCgroup('systemd', OTHER_POD, 'b'.repeat(64)), comm: 'sh' });
  stateDir = path.join(node.folder, 'state');
  agent = await start();
});
afterEach(async () => {
  await agent.stop();
  node.close();
});

function start(options: { auth?: object; state?: object; dir?: string } = {}): Promise<TestAgent> {
  const dir = options.dir ?? stateDir;
  const legacy = { legacy_manager: true, legacy_manager_networks: ['127.0.0.0/8'] };
  return TestAgent.start({
    procRoot: node.procRoot,
    cgroupRoot: node.cgroupRoot,
    stateDir: dir,
    sections: { state: { dir, ...options.state }, auth: options.auth ?? legacy },
  });
}

async function restart(options: { state?: object; damage?: () => void } = {}): Promise<void> {
  await agent.stop();
  options.damage?.();
  agent = await start(options);
}

/** As a first-generation manager calls: with the token that the public key and a client_id give it. */
async function asOldManager(method: string, target: string, body?: unknown): Promise<Answer> {
  const exchange = { public_key: agent.publicKeyPem(), client_id: 'manager-client' };
  const { body: answer } = await agent.call('POST', PATHS.token, exchange);
  return agent.call(method, target, body, { authorization: `Bearer ${answer.data.token}` });
}

const post = (intents: readonly object[]) => asOldManager('POST', PATHS.intents, { intents });
const merkle = async () => (await asOldManager('GET', PATHS.intentsMerkle)).body.data;
const nodeRoot = async () => (await asOldManager('GET', PATHS.nodeIntentsMerkle)).body.data.rootHash;

describe('a first-generation manager', () => {
  it('has its set in force when it is answered, as it expects the answer', async () => {
    const { status, body } = await post([anItem()]);

    expect(status).toBe(200);
    expect(Object.keys(body)).toEqual(['success', 'timestamp']);
    expect(await agent.pids()).toEqual([1_000]);
  });

  it('finds its own root, whatever was made of the values, also after a restart', async () => {
    const items = [anItem({ priority: 99, executionTime: -1 }), anItem({ commandRegex: '(' })];
    const root = intentMerkleRoot(items);
    await post(items);

    expect((await merkle()).rootHash).toBe(root);
    const served = await agent.items();
    expect(served).toEqual([
      { priority: 20, execution_time: 20_000_000, pid: 1_000, selectors: [{ key: 'app', value: 'web' }] },
    ]);
    await restart();
    expect((await merkle()).rootHash).toBe(root);
    expect(await agent.items()).toEqual(served);
  });

  it('is told of numbers beyond 2^53 by a root that is right to the last digit', async () => {
    const text =
      '{"intents":[{"podID":"x","priority":9223372036854775807,"executionTime":-9223372036854775808}]}';
    const { status } = await asOldManager('POST', PATHS.intents, text);
    const numbers = { priority: 2n ** 63n - 1n, executionTime: -(2n ** 63n) };
    const texts = { podName: '', podID: 'x', nodeID: '', k8sNamespace: '', commandRegex: '', podLabels: {} };

    expect(status).toBe(200);
    expect((await merkle()).rootHash).toBe(intentMerkleRoot([{ ...texts, ...numbers }]));
    await restart();
    expect((await merkle()).rootHash).toBe(intentMerkleRoot([{ ...texts, ...numbers }]));
  });

  it.each([
    ['one of them', { nodeName: 'node-1' }],
    ['three of them', { epoch: 1, generation: 1, digest: 'x' }],
  ])('is refused with %s of what puts sets in order', async (_title, part) => {
    await post([anItem()]);

    const { status, body } = await asOldManager('POST', PATHS.intents, { intents: [], ...part });

    expect(status).toBe(422);
    expect(body.details.map(({ field }: { field: string }) => field)).not.toContain(Object.keys(part)[0]);
    expect(await agent.pids()).toEqual([1_000]);
  });

  it.each([[{}], [{ intents: [] }], [{ intents: null }], ['null']])(
    'makes a known empty set with %j',
    async (body) => {
      await asOldManager('POST', PATHS.intents, body);

      expect((await agent.strategies()).body.scheduling).toEqual([]);
      expect(await merkle()).toMatchObject({ rootHash: EMPTY_ROOT, set: { epoch: 0, generation: 0 } });
      await restart();
      expect((await agent.strategies()).body.scheduling).toEqual([]);
    },
  );

  it('deletes all, also where no set was known, and an old root finds nothing', async () => {
    expect((await agent.strategies()).status).toBe(503);
    expect((await asOldManager('DELETE', PATHS.intents, { all: true })).status).toBe(200);

    expect((await agent.strategies()).body.scheduling).toEqual([]);
    expect((await merkle()).rootHash).toBe(EMPTY_ROOT);
  });

  it('and one of ours take turns: neither set is lost on the way, and order holds among ours', async () => {
    await agent.postSet(aPostedSet([anIntent({ podID: POD })], { epoch: 3, generation: 4 }));
    await post([anItem({ podID: OTHER_POD })]);
    expect(await agent.pids()).toEqual([1_001]);
    expect((await merkle()).set).toMatchObject({ epoch: 3, generation: 4 });

    const older = aPostedSet([anIntent({ podID: POD })], { epoch: 3, generation: 3 });
    expect((await agent.postSet(older)).status).toBe(409);
    const again = await agent.postSet(aPostedSet([anIntent({ podID: POD })], { epoch: 3, generation: 4 }));
    expect([again.status, again.body.data.generation]).toEqual([409, 4]);
    const newer = aPostedSet([anIntent({ podID: POD })], { epoch: 3, generation: 5 });
    expect((await agent.postSet(newer)).status).toBe(200);
    expect(await agent.pids()).toEqual([1_000]);

    await post([anItem({ podID: OTHER_POD })]);
    expect(await agent.pids()).toEqual([1_001]);
    await restart();
    expect(await agent.pids()).toEqual([1_001]);
    expect((await merkle()).set).toMatchObject({ epoch: 3, generation: 5 });
  });

  it('is counted, with what was made of its items', async () => {
    await post([anItem({ priority: 99 }), anItem({ commandRegex: '(', executionTime: 7 })]);

    const { text } = await agent.call('GET', '/metrics');

    expect(text).toMatch(/^podium_agent_legacy_sets_total 1$/m);
    for (const reason of ['regex', 'priority', 'execution_time']) {
      expect(text).toMatch(
        new RegExp(`^podium_agent_legacy_intents_adjusted\\{reason="${reason}"\\} 1$`, 'm'),
      );
    }
  });

  it('is not known where the setting is off', async () => {
    await agent.stop();
    agent = await TestAgent.start({ procRoot: node.procRoot, cgroupRoot: node.cgroupRoot });

    const exchange = { public_key: agent.publicKeyPem(), client_id: 'manager-client' };
    const { body } = await agent.call('POST', PATHS.token, exchange);
    const authorization = `Bearer ${body.data.token}`;
    expect((await agent.call('POST', PATHS.intents, '{}', { authorization })).status).toBe(403);

    const refused = await agent.asManager('POST', PATHS.intents, { intents: [anItem()] });
    expect(refused.status).toBe(422);
    expect(refused.body.error).toContain('auth.legacy_manager');
    expect((await agent.strategies()).status).toBe(503);
  });
});

describe('node intents', () => {
  const P1 = { policyID: 'p1', nodeID: 'n1', commandRegex: 'nginx', priority: 5, executionTime: 1_000_000 };
  const P1_ROOT = '1da56a7567f9644d3a163f4ccd7ae6c1a815f45a45ca458a023e8415035b1328';

  it('have no root before the first, and the manager’s form of it then', async () => {
    expect(await nodeRoot()).toBe('');
    const { status, body } = await asOldManager('POST', PATHS.nodeIntents, { policies: [P1] });

    expect([status, Object.keys(body)]).toEqual([200, ['success', 'timestamp']]);
    expect(await nodeRoot()).toBe(P1_ROOT);
  });

  it('are replaced whole, deleted by policy or all, and stay deleted after a restart', async () => {
    await asOldManager('POST', PATHS.nodeIntents, { policies: [P1, { ...P1, policyID: 'p2' }] });
    await restart();
    expect((await asOldManager('DELETE', PATHS.nodeIntents, { policyId: 'p2' })).status).toBe(200);
    expect(await nodeRoot()).toBe(P1_ROOT);
    expect((await asOldManager('DELETE', PATHS.nodeIntents, { policyID: 'nope' })).status).toBe(200);
    expect(await nodeRoot()).toBe(P1_ROOT);

    expect((await asOldManager('DELETE', PATHS.nodeIntents, { all: true })).status).toBe(200);
    expect(await nodeRoot()).toBe(EMPTY_ROOT);
    await restart();
    expect(await nodeRoot()).toBe(EMPTY_ROOT);
  });

  it('are known and empty after a delete on a fresh agent', async () => {
    await asOldManager('DELETE', PATHS.nodeIntents, { policyId: 'nope' });

    expect(await nodeRoot()).toBe(EMPTY_ROOT);
  });

  it.each([[{}], [{ all: false }], [{ policyId: '' }]])('are not deleted by %j', async (body) => {
    const answer = await asOldManager('DELETE', PATHS.nodeIntents, body);

    expect([answer.status, answer.body.error]).toEqual([400, "policyId is required when 'all' is false"]);
  });

  it('that cannot be read back are kept aside', async () => {
    await asOldManager('POST', PATHS.nodeIntents, { policies: [P1] });
    await restart({ damage: () => truncateSync(path.join(stateDir, 'node-intents.json'), 60) });

    expect(await nodeRoot()).toBe('');
    expect(
      readdirSync(stateDir).filter((name) => name.startsWith('node-intents.json.corrupt-')),
    ).toHaveLength(1);
  });

  it('with faults are taken with the setting on, and all refused with it off', async () => {
    const policies = [{ ...P1, commandRegex: '(', priority: 77 }, { policyID: 'p2' }];
    expect((await asOldManager('POST', PATHS.nodeIntents, { policies })).status).toBe(200);
    await agent.stop();
    agent = await TestAgent.start({ procRoot: node.procRoot, cgroupRoot: node.cgroupRoot });

    const { status, body } = await agent.asManager('POST', PATHS.nodeIntents, { policies });

    expect(status).toBe(422);
    expect(body.details.map(({ field }: { field: string }) => field)).toEqual([
      'policies[0].nodeID',
      'policies[0].priority',
      'policies[0].commandRegex',
      'policies[1].nodeID',
    ]);
  });
});

describe('without a word from any manager', () => {
  const maxAge = { max_age_sec: 3 };
  const silence = () => new Promise((resolve) => setTimeout(resolve, 1_700));

  it('every boost is dropped as a known empty list, said, and back at the next word', async () => {
    await restart({ state: maxAge });
    await post([anItem()]);
    expect(await agent.pids()).toEqual([1_000]);

    await eventually(
      () => agent.strategies(),
      ({ status, body }) => status === 200 && body.scheduling.length === 0,
    );
    const { text } = await agent.call('GET', '/metrics');
    expect(text).toMatch(/^podium_agent_boosts_dropped 1$/m);
    expect(text).toMatch(/^podium_agent_boost_drops_total [1-9]/m);
    const asked = async () => (await agent.asManager('GET', PATHS.capabilities)).body.data;
    expect(await asked()).toMatchObject({
      features: expect.arrayContaining(['legacy-sets']),
      managerSilence: { maxAgeSec: 3, boostsDropped: true },
    });
    expect((await asked()).managerSilence).toEqual({ maxAgeSec: 3, boostsDropped: false });
    await eventually(
      () => agent.pids(),
      (pids) => pids.length === 1,
    );
    expect((await merkle()).rootHash).toBe(intentMerkleRoot([anItem()]));
  });

  it('they stay dropped over a restart, and the set is not lost', async () => {
    await restart({ state: maxAge });
    await post([anItem()]);
    await agent.stop();
    await silence();
    await silence();
    agent = await start({ state: maxAge });

    expect((await agent.strategies()).body.scheduling).toEqual([]);
    await merkle();
    await eventually(
      () => agent.pids(),
      (pids) => pids.length === 1,
    );
  });

  it('they stay where no time is set', async () => {
    await post([anItem()]);
    await silence();

    expect(await agent.pids()).toEqual([1_000]);
  });
});
