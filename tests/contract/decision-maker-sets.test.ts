import { cpSync, readdirSync, readFileSync, truncateSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PATHS } from '../../shared/contract/decision-maker-api.js';
import { intentMerkleRoot, intentSetDigest } from '../../shared/domain/intent-digest.js';
import { EMPTY_ROOT } from '../../shared/domain/merkle.js';
import { anIntent, aPostedSet, NODE } from '../support/agent-builders.js';
import { containerCgroup } from '../support/pod-cgroups.js';
import { SimulatedNode } from '../support/simulated-node.js';
import { TestAgent } from '../support/test-agent.js';

const PODS = [1, 2, 3].map((number) => `0f0f0f0f-0000-4000-8000-00000000000${number}`);
const [POD_A = '', POD_B = '', POD_C = ''] = PODS;

let node: SimulatedNode;
let agent: TestAgent;
beforeEach(async () => {
  node = new SimulatedNode();
  for (const [index, podUid] of PODS.entries()) {
    const cgroup = containerCgroup('cgroupfs', podUid, String(index).repeat(64));
    node.put({ pid: 1_000 + index * 10, cgroup, comm: 'nginx' });
    node.put({ pid: 1_001 + index * 10, cgroup, comm: 'sh' });
  }
  agent = await TestAgent.start(node);
});
afterEach(async () => {
  await agent.stop();
  node.close();
});

const rootAndSet = async () => (await agent.asManager('GET', PATHS.intentsMerkle)).body.data;

describe('POST /api/v1/intents', () => {
  it('is in force, and tells its version and root, when it is answered', async () => {
    const intents = [anIntent({ podID: POD_A })];
    const set = aPostedSet(intents, { epoch: 3, generation: 7 });

    const { status, body } = await agent.postSet(set);

    expect(status).toBe(200);
    expect(body.data).toEqual({ epoch: 3, generation: 7, digest: set.digest });
    expect(await agent.pids()).toEqual([1_000, 1_001]);
    expect(await rootAndSet()).toEqual({ rootHash: intentMerkleRoot(intents), set: body.data });
  });

  it('replaces the whole set', async () => {
    await agent.postSet(aPostedSet([anIntent({ podID: POD_A })], { generation: 1 }));
    await agent.postSet(aPostedSet([anIntent({ podID: POD_B })], { generation: 2 }));
    expect(await agent.pids()).toEqual([1_010, 1_011]);

    await agent.postSet(aPostedSet([], { generation: 3 }));
    expect(await agent.items()).toEqual([]);
  });

  it('does nothing for the same set again, and writes nothing', async () => {
    const set = aPostedSet([anIntent({ podID: POD_A })]);
    await agent.postSet(set);
    const file = path.join(agent.stateDir, 'intent-set.json');
    const written = readFileSync(file, 'utf8');

    const again = await agent.postSet(set);

    expect(again.status).toBe(200);
    expect(readFileSync(file, 'utf8')).toBe(written);
  });

  it('refuses what is older or other, tells what it holds, and keeps it', async () => {
    const held = aPostedSet([anIntent({ podID: POD_A })], { epoch: 2, generation: 5 });
    await agent.postSet(held);

    for (const version of [
      { epoch: 2, generation: 4 },
      { epoch: 1, generation: 900 },
      { epoch: 2, generation: 5 },
    ]) {
      const { status, body } = await agent.postSet(aPostedSet([anIntent({ podID: POD_B })], version));
      expect(status).toBe(409);
      expect(body.data).toEqual({ epoch: 2, generation: 5, digest: held.digest });
    }
    expect(await agent.pids()).toEqual([1_000, 1_001]);
  });

  it('refuses a set for another node, without a digest, with a wrong one, or with one bad item', async () => {
    await agent.postSet(aPostedSet([anIntent({ podID: POD_A })]));
    const newer = aPostedSet([anIntent({ podID: POD_B })], { generation: 2 });
    const { digest: _digest, ...withoutDigest } = newer;

    for (const [posted, field] of [
      [{ ...newer, nodeName: 'node-2' }, 'nodeName'],
      [withoutDigest, 'digest'],
      [{ ...newer, digest: '0'.repeat(64) }, 'digest'],
      [
        { ...newer, intents: [...newer.intents, anIntent({ podID: POD_C, commandRegex: '(?=x)' })] },
        'intents[1].commandRegex',
      ],
      [{ intents: newer.intents }, 'nodeName'],
    ] as const) {
      const { status, body } = await agent.asManager('POST', PATHS.intents, posted);
      expect(status).toBe(422);
      expect(body.details[0].field).toBe(field);
    }
    expect(await agent.pids()).toEqual([1_000, 1_001]);
  });

  it('reads keys in any case, podId among them', async () => {
    const intent = anIntent({ podID: POD_A });
    const set = aPostedSet([intent]);
    const { podID, ...rest } = intent;

    const { status } = await agent.asManager('POST', PATHS.intents, {
      NODENAME: set.nodeName,
      Epoch: set.epoch,
      generation: set.generation,
      DIGEST: set.digest,
      Intents: [{ ...rest, podId: podID }],
    });

    expect(status).toBe(200);
    expect(await agent.pids()).toEqual([1_000, 1_001]);
  });

  it('lists each process once where strategies overlap, as the one precedence rule has it', async () => {
    const everything = anIntent({ podID: POD_A, strategyID: 'a'.repeat(24), priority: 12, executionTime: 0 });
    const nginx = anIntent({
      podID: POD_A,
      strategyID: 'b'.repeat(24),
      priority: 4,
      commandRegex: '^nginx$',
      podLabels: {},
    });
    const preferred = anIntent({ podID: POD_B, strategyID: 'c'.repeat(24), priority: 15, precedence: 1 });
    const stronger = anIntent({ podID: POD_B, strategyID: 'd'.repeat(24), priority: 2 });

    await agent.postSet(aPostedSet([everything, nginx, stronger, preferred]));

    const { body } = await agent.strategies();
    expect(body.scheduling).toEqual([
      { priority: 15, execution_time: 5_000_000, pid: 1_010, selectors: [{ key: 'app', value: 'web' }] },
      { priority: 15, execution_time: 5_000_000, pid: 1_011, selectors: [{ key: 'app', value: 'web' }] },
      { priority: 4, execution_time: 5_000_000, pid: 1_000, command_regex: '^nginx$' },
      { priority: 12, execution_time: 20_000_000, pid: 1_001, selectors: [{ key: 'app', value: 'web' }] },
    ]);
  });

  it('never lets the scheduler see a part of a set while sets are pushed', async () => {
    const setOf = (priority: number) => PODS.map((podID) => anIntent({ podID, priority, threads: true }));
    await agent.postSet(aPostedSet(setOf(1), { generation: 1 }));
    let pushing = true;
    const push = async () => {
      for (let generation = 2; generation <= 40; generation++) {
        const { status } = await agent.postSet(aPostedSet(setOf((generation % 20) + 1), { generation }));
        expect(status).toBe(200);
      }
      pushing = false;
    };
    const poll = async () => {
      let polls = 0;
      while (pushing) {
        const items = await agent.items();
        polls++;
        expect(items).toHaveLength(6);
        expect(new Set(items.map(({ priority }) => priority)).size).toBe(1);
      }
      return polls;
    };

    const [, ...polls] = await Promise.all([push(), poll(), poll()]);

    expect(Math.min(...(polls as number[]))).toBeGreaterThan(0);
  });

  it('has the last of many versions in force, whatever the order they come in', async () => {
    const sets = [4, 1, 3, 5, 2].map((generation) =>
      aPostedSet([anIntent({ podID: PODS[generation % 3] ?? '' })], { generation }),
    );

    const answers = await Promise.all(sets.map((set) => agent.postSet(set)));

    expect(answers.map(({ status }) => status).every((status) => status === 200 || status === 409)).toBe(
      true,
    );
    expect((await rootAndSet()).set.generation).toBe(5);
  });
});

describe('DELETE /api/v1/intents', () => {
  beforeEach(async () => {
    await agent.postSet(
      aPostedSet(
        [
          anIntent({ podID: POD_A, commandRegex: 'nginx' }),
          anIntent({ podID: POD_A, strategyID: 'b'.repeat(24) }),
          anIntent({ podID: POD_B }),
        ],
        { epoch: 2, generation: 5 },
      ),
    );
  });

  it.each(['podId', 'podID'])('removes every intent of a pod, named by %s', async (key) => {
    const { status, body } = await agent.asManager('DELETE', PATHS.intents, { [key]: POD_A });

    expect([status, body.success, body.data]).toEqual([200, true, undefined]);
    expect(await agent.pids()).toEqual([1_010, 1_011]);
  });

  it('finds nothing wrong with a pod that has none, and changes nothing', async () => {
    const before = await rootAndSet();

    expect((await agent.asManager('DELETE', PATHS.intents, { podId: 'nope' })).status).toBe(200);
    expect(await rootAndSet()).toEqual(before);
  });

  it('has no lasting effect for one process of a pod', async () => {
    expect((await agent.asManager('DELETE', PATHS.intents, { podId: POD_A, pid: 1_000 })).status).toBe(200);

    expect(await agent.pids()).toEqual([1_000, 1_001, 1_010, 1_011]);
  });

  it('of all leaves a known empty set, which a manager’s next set replaces', async () => {
    await agent.asManager('DELETE', PATHS.intents, { all: true });

    expect((await agent.strategies()).body.scheduling).toEqual([]);
    const empty = { epoch: 2, generation: 5, digest: intentSetDigest(NODE, []) };
    expect(await rootAndSet()).toEqual({ rootHash: EMPTY_ROOT, set: empty });
    expect(
      (await agent.postSet(aPostedSet([anIntent({ podID: POD_C })], { epoch: 2, generation: 5 }))).status,
    ).toBe(409);
    expect(
      (await agent.postSet(aPostedSet([anIntent({ podID: POD_C })], { epoch: 2, generation: 6 }))).status,
    ).toBe(200);
  });
});

describe('after a restart', () => {
  async function restarted(damage: (file: string) => void = () => {}): Promise<void> {
    const { stateDir } = agent;
    const again = path.join(node.folder, 'state');
    cpSync(stateDir, again, { recursive: true });
    damage(path.join(again, 'intent-set.json'));
    await agent.stop();
    agent = await TestAgent.start({ ...options(), stateDir: again });
  }
  const options = () => ({ procRoot: node.procRoot, cgroupRoot: node.cgroupRoot });

  it('the set held before is in force from the first answer on, with its version', async () => {
    await agent.postSet(aPostedSet([anIntent({ podID: POD_B })], { epoch: 4, generation: 2 }));
    const before = await rootAndSet();
    await restarted();

    expect(await agent.pids()).toEqual([1_010, 1_011]);
    expect(await rootAndSet()).toEqual(before);
    expect((await agent.postSet(aPostedSet([], { epoch: 4, generation: 1 }))).status).toBe(409);
  });

  it('an empty set is known as one', async () => {
    await agent.postSet(aPostedSet([]));
    await restarted();

    expect((await agent.strategies()).body.scheduling).toEqual([]);
  });

  it('the scheduler’s token from before still opens its routes', async () => {
    await agent.postSet(aPostedSet([]));
    const token = await agent.schedulerToken();
    await restarted();

    const answer = await agent.call('GET', PATHS.schedulingStrategies, undefined, {
      authorization: `Bearer ${token}`,
    });
    expect(answer.status).toBe(200);
  });

  it('a file that was cut off is kept aside and no set is known', async () => {
    await agent.postSet(aPostedSet([anIntent({ podID: POD_A })]));
    await restarted((file) => truncateSync(file, 300));

    expect((await agent.strategies()).status).toBe(503);
    expect((await rootAndSet()).set).toBeNull();
    expect(readdirSync(agent.stateDir).filter((name) => name.includes('.corrupt-'))).toHaveLength(1);
    expect((await agent.postSet(aPostedSet([anIntent({ podID: POD_C })]))).status).toBe(200);
  });
});
