import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MAX_INTENTS, PATHS } from '../../shared/contract/decision-maker-api.js';
import { anIntent, aPostedSet } from '../support/agent-builders.js';
import { containerCgroup } from '../support/pod-cgroups.js';
import { SimulatedNode } from '../support/simulated-node.js';
import { TestAgent } from '../support/test-agent.js';

/** What is of the right form and against a rule; decision-maker-bad-input.test.ts has what is of no form at all. */
const POD = '0f0f0f0f-0000-4000-8000-000000000001';

let node: SimulatedNode;
let agent: TestAgent;
let before: unknown;
beforeAll(async () => {
  node = new SimulatedNode();
  node.put({ pid: 1_000, cgroup: containerCgroup('systemd', POD, 'a'.repeat(64)), comm: 'nginx' });
  agent = await TestAgent.start({
    procRoot: node.procRoot,
    cgroupRoot: node.cgroupRoot,
    // Nothing listens there.
    sections: { daemon: { endpoint: 'http://127.0.0.1:1' } },
  });
  await agent.postSet(aPostedSet([anIntent({ podID: POD })]));
  await agent.asManager('POST', PATHS.nodeIntents, { policies: [aPolicy()] });
  before = await held();
});
afterAll(async () => {
  await agent.stop();
  node.close();
});

const aPolicy = (overrides: object = {}) => ({
  policyID: 'p1',
  nodeID: 'node-1',
  commandRegex: 'x',
  priority: 5,
  ...overrides,
});

/** Everything that a refused request must leave as it was. */
async function held(): Promise<unknown> {
  return [
    await agent.items(),
    (await agent.asManager('GET', PATHS.intentsMerkle)).body.data,
    (await agent.asManager('GET', PATHS.nodeIntentsMerkle)).body.data,
    (await agent.asManager('GET', PATHS.runtimeConfig)).body.data,
  ];
}

const tooMany = Array.from({ length: MAX_INTENTS + 1 }, () => ({}));
const newer = aPostedSet([], { generation: 2 });

describe('a body against a rule', () => {
  it.each<readonly [string, string, string, object, number]>([
    ['a set without a version', 'POST', PATHS.intents, {}, 422],
    ['a set with half a version', 'POST', PATHS.intents, { ...newer, digest: undefined }, 422],
    ['a set for another node', 'POST', PATHS.intents, { ...newer, nodeName: 'node-2' }, 422],
    ['a set with another digest', 'POST', PATHS.intents, { ...newer, digest: 'x' }, 422],
    ['a set with an unknown target', 'POST', PATHS.intents, { intents: [{ commandTarget: 'argv' }] }, 400],
    ['a set of too many items', 'POST', PATHS.intents, { ...newer, intents: tooMany }, 413],
    ['a pid alone', 'DELETE', PATHS.intents, { pid: 5 }, 400],
    ['a policy of no name', 'POST', PATHS.nodeIntents, { policies: [aPolicy({ policyID: '' })] }, 422],
    ['a policy of another node', 'POST', PATHS.nodeIntents, { policies: [aPolicy({ nodeID: 'x' })] }, 422],
    [
      'a policy with a bad regex',
      'POST',
      PATHS.nodeIntents,
      { policies: [aPolicy({ commandRegex: '(' })] },
      422,
    ],
    ['a policy that is too weak', 'POST', PATHS.nodeIntents, { policies: [aPolicy({ priority: 21 })] }, 422],
    ['too many policies', 'POST', PATHS.nodeIntents, { policies: tooMany }, 413],
    ['a config without a version', 'POST', PATHS.runtimeConfig, { mode: 'none' }, 400],
    ['a config that cannot be delivered', 'POST', PATHS.runtimeConfig, { configVersion: 'v1' }, 400],
  ])('is refused: %s', async (_title, method, target, body, status) => {
    const answer = await agent.asManager(method, target, body);

    expect(answer.status).toBe(status);
    expect(answer.body).toMatchObject({ success: false, code: expect.any(String) });
    expect(answer.body.error).not.toBe('');
  });

  it('has changed nothing', async () => {
    expect(await held()).toEqual(before);
  });
});

describe('a regex that blows up a backtracking engine', () => {
  it.each(['(a*)*$', '(x+x+)+y', '^(([a-z])+.)+[A-Z]([a-z])+$', '(n+)+$|(.*.*.*.*.*=)'])(
    'decides like any other: %s',
    async (commandRegex) => {
      const other = await TestAgent.start({ procRoot: node.procRoot, cgroupRoot: node.cgroupRoot });
      try {
        node.put({
          pid: 2_000,
          cgroup: containerCgroup('systemd', POD, 'a'.repeat(64)),
          comm: 'a',
          commandLine: [`${'a'.repeat(4_000)}!`, 'x'.repeat(4_000)],
        });
        const intents = [anIntent({ podID: POD, commandRegex, commandTarget: 'cmdline' })];

        expect((await other.postSet(aPostedSet(intents))).status).toBe(200);
        expect((await other.strategies()).status).toBe(200);
      } finally {
        node.remove(2_000);
        await other.stop();
      }
    },
  );
});
