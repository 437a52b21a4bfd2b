import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { INTENTS_BODY_LIMIT_BYTES, MAX_INTENTS, PATHS } from '../../shared/contract/decision-maker-api.js';
import { anIntent, aPostedSet } from '../support/agent-builders.js';
import { containerCgroup } from '../support/pod-cgroups.js';
import { SimulatedNode } from '../support/simulated-node.js';
import { TestAgent } from '../support/test-agent.js';

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
  const policy = { policyID: 'p1', nodeID: 'node-1', commandRegex: 'x', priority: 5 };
  await agent.asManager('POST', PATHS.nodeIntents, { policies: [policy] });
  before = await held();
});
afterAll(async () => {
  await agent.stop();
  node.close();
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

const deep = (open: string, close: string, depth = 100_000) => open.repeat(depth) + close.repeat(depth);

/** Bodies that are wrong for every route that takes one, and the status that says so. */
const WRONG_EVERYWHERE: readonly (readonly [string, string, number])[] = [
  ['nothing', '', 400],
  ['cut off', '{"intents":[', 400],
  ['a list', '[]', 400],
  ['a text', '"x"', 400],
  ['a number', '5', 400],
  ['not JSON', '<xml/>', 400],
  ['a byte order mark', '\uFEFF{}', 400],
  ['deep lists', deep('[', ']', 20_000), 400],
  ['deep objects', deep('{"a":', '}', 10_000), 400],
];

const ROUTES: readonly (readonly [string, string, readonly (readonly [string, unknown, number])[]])[] = [
  [
    'POST',
    PATHS.intents,
    [
      ['no version', {}, 422],
      ['a list that is none', { intents: 'x' }, 400],
      ['items of another type', { intents: [5] }, 400],
      ['a fraction', '{"intents":[{"priority":1.5}]}', 400],
      ['an integer beyond 64 bits', '{"intents":[{"executionTime":9223372036854775808}]}', 400],
      ['labels that are no texts', { intents: [{ podLabels: { a: 1 } }] }, 400],
      ['an unknown target', { intents: [{ commandTarget: 'argv' }] }, 400],
      ['prototype keys', '{"__proto__":{"all":true},"constructor":{"prototype":{}}}', 422],
      ['deep values under unknown keys', `{"x":${deep('[', ']', 20_000)}}`, 400],
      ['a version of another type', { intents: [], nodeName: 5 }, 400],
      ['too many items', { intents: Array.from({ length: MAX_INTENTS + 1 }, () => ({})) }, 413],
      ['too many bytes', `{"x":"${'a'.repeat(INTENTS_BODY_LIMIT_BYTES)}"}`, 413],
    ],
  ],
  [
    'DELETE',
    PATHS.intents,
    [
      ['neither', {}, 400],
      ['only a pid', { pid: 5 }, 400],
      ['a text for all', { all: 'true' }, 400],
      ['prototype keys', '{"__proto__":{"all":true}}', 400],
      ['too many bytes', `{"podId":"${'a'.repeat(70_000)}"}`, 413],
    ],
  ],
  [
    'POST',
    PATHS.nodeIntents,
    [
      ['policies that are no list', { policies: {} }, 400],
      ['a policy of another type', { policies: ['x'] }, 400],
      ['a text for a number', { policies: [{ priority: '1' }] }, 400],
      ['values against the rules', { policies: [{ commandRegex: '(', priority: -1 }] }, 422],
      ['another node', { policies: [{ policyID: 'p', nodeID: 'node-2', commandRegex: 'x' }] }, 422],
      ['too many items', { policies: Array.from({ length: MAX_INTENTS + 1 }, () => ({})) }, 413],
      ['too many bytes', `{"x":"${'a'.repeat(INTENTS_BODY_LIMIT_BYTES)}"}`, 413],
    ],
  ],
  [
    'DELETE',
    PATHS.nodeIntents,
    [
      ['neither', {}, 400],
      ['a number for all', { all: 1 }, 400],
      ['prototype keys', '{"__proto__":{"all":true}}', 400],
      ['too many bytes', `{"policyId":"${'a'.repeat(70_000)}"}`, 413],
    ],
  ],
  [
    'POST',
    PATHS.runtimeConfig,
    [
      ['no version', {}, 400],
      ['a text for a boolean', { configVersion: 'x', kernelMode: 'yes' }, 400],
      ['a negative slice', { configVersion: 'x', sliceNsMin: -1 }, 400],
      ['prototype keys', '{"__proto__":{"configVersion":"x"}}', 400],
      ['too many bytes', `{"configVersion":"${'a'.repeat(70_000)}"}`, 413],
    ],
  ],
  [
    'POST',
    PATHS.token,
    [
      ['no key', {}, 401],
      ['a key of another type', { public_key: 5 }, 400],
      ['prototype keys', '{"__proto__":{"public_key":"x"}}', 401],
      [
        'a key that is none',
        { public_key: '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----' },
        401,
      ],
      ['too many bytes', `{"public_key":"${'a'.repeat(70_000)}"}`, 413],
    ],
  ],
];

const cases = ROUTES.flatMap(([method, target, ofRoute]) =>
  [...WRONG_EVERYWHERE, ...ofRoute].map(([title, body, status]) => ({ method, target, title, body, status })),
);

describe('a body that is wrong', () => {
  it.each(cases)('$method $target: $title gets a $status with a reason', async (wrong) => {
    const answer = await agent.asManager(wrong.method, wrong.target, wrong.body);

    expect(answer.status).toBe(wrong.status);
    expect(answer.body).toMatchObject({ success: false, code: expect.any(String) });
    expect(answer.body.error).not.toBe('');
    expect(({} as { all?: unknown }).all).toBeUndefined();
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
        const intents = [anIntent({ podID: POD, commandRegex, commandTarget: 'cmdline' })];
        node.put({
          pid: 2_000,
          cgroup: containerCgroup('systemd', POD, 'a'.repeat(64)),
          comm: 'a',
          commandLine: [`${'a'.repeat(4_000)}!`, `${'x'.repeat(4_000)}`],
        });

        expect((await other.postSet(aPostedSet(intents))).status).toBe(200);
        expect((await other.strategies()).status).toBe(200);
      } finally {
        node.remove(2_000);
        await other.stop();
      }
    },
  );
});
