import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decide } from '../../decisionmaker/domain/decisions.js';
import { schedulingAnswer as answerOf } from '../../decisionmaker/engine/scheduling-answer.js';
import { PATHS } from '../../shared/contract/decision-maker-api.js';
import { schedulingAnswer, tokenAnswer } from '../../shared/contract/scheduler-api.js';
import {
  anIntent,
  aPostedSet,
  aProcess,
  aSnapshot,
  CONTAINER_ID,
  POD_UID,
  someRules,
} from '../support/agent-builders.js';
import { containerCgroup } from '../support/pod-cgroups.js';
import { pollResult } from '../support/scheduler-client-model.js';
import { SimulatedNode } from '../support/simulated-node.js';
import { TestAgent } from '../support/test-agent.js';
import recordings from '../wire/schedulerclient.json' with { type: 'json' };

/** Cases in which the client asked for strategies and got an answer of its own. */
const polls = recordings.flatMap(({ case: title, served, client }) => {
  const text = served?.strategies?.[1];
  return typeof text !== 'string' || title.startsWith('token:') ? [] : [{ title, text, client }];
});

describe('the model of the scheduler’s client', () => {
  it.each(polls)('reads "$title" as the real one did', ({ text, client }) => {
    const { isError, isNil, items } = pollResult(text);

    expect(client[0]).toMatch(isError ? /err = (?!<nil>)/ : /err = <nil>/);
    expect(client[0]).toContain(`nil = ${isNil} count = ${items.length}`);
    const seen = client.filter((line) => line.startsWith('   {')).map((line) => JSON.parse(line));
    expect(
      items.map((item) =>
        Object.fromEntries(Object.entries(item).map(([key, value]) => [key, Number(value)])),
      ),
    ).toEqual(seen);
  });

  it('drops an answer with text after the JSON value', () => {
    expect(pollResult('{"success":true,"scheduling":[]} x').isError).toBe(true);
  });
});

const someText = fc.oneof(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'binary' }));
const someIntent = fc
  .record({
    priority: fc.integer({ min: 0, max: 20 }),
    executionTime: fc.oneof(fc.constant(0), fc.integer({ min: 100_000, max: 1_000_000_000 })),
    podLabels: fc.dictionary(someText, someText, { maxKeys: 4 }),
    commandRegex: fc.constantFrom('', 'a', '"\\\\', '[\\x{1F600}]', '<&>'),
    threads: fc.boolean(),
    strategyID: fc.constantFrom('a', 'b', 'c'),
    podID: fc.constantFrom(POD_UID, 'other'),
  })
  .map((fields) => anIntent(fields));
const someProcess = fc
  .record({
    pid: fc.integer({ min: 1, max: 4_194_304 }),
    comm: fc.constantFrom('a', 'pause', '"\\', '😀', '<&>'),
    podUid: fc.constantFrom(POD_UID, 'other'),
    threads: fc.array(fc.record({ tid: fc.integer({ min: 1, max: 4_194_304 }), startTimeTicks: fc.nat() }), {
      maxLength: 3,
    }),
  })
  .map((fields) => aProcess(fields));

describe('every answer with decisions', () => {
  it('is taken by the scheduler’s client, with each pid once and no slice of 0', () => {
    fc.assert(
      fc.property(
        fc.array(someIntent, { maxLength: 6 }),
        fc.uniqueArray(someProcess, { maxLength: 12, selector: ({ pid }) => pid }),
        fc.integer({ min: 1, max: 10 }),
        (intents, processes, maxItems) => {
          const { items } = decide(someRules(intents), aSnapshot(...processes), {
            maxItems,
            serveZero: false,
            ownPid: 0,
          });
          const text = Buffer.from(answerOf(items, 'int', 1_700_000_000_000).bytes).toString('utf8');

          const read = pollResult(text);

          expect(read).toMatchObject({ isError: false, isNil: false });
          expect(read.items).toHaveLength(items.length);
          expect(new Set(read.items.map(({ pid }) => pid)).size).toBe(items.length);
          for (const item of read.items) {
            expect(item.execution_time).toBeGreaterThanOrEqual(100_000n);
            expect(item.priority).toBeGreaterThanOrEqual(1n);
            expect(item.priority).toBeLessThanOrEqual(20n);
          }
          expect(schedulingAnswer.safeParse(JSON.parse(text)).success).toBe(true);
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('what an agent says over HTTP', () => {
  let node: SimulatedNode;
  let agent: TestAgent;
  beforeAll(async () => {
    node = new SimulatedNode();
    const cgroup = containerCgroup('systemd', POD_UID, CONTAINER_ID);
    for (const pid of [500, 501]) node.put({ pid, cgroup });
    agent = await TestAgent.start(node);
  });
  afterAll(async () => {
    await agent.stop();
    node.close();
  });

  it('keeps the scheduler’s set while none is known, and for a caller without a good token', async () => {
    const unknown = await agent.strategies();
    const unauthorized = await agent.call('GET', PATHS.schedulingStrategies);

    for (const { text, status } of [unknown, unauthorized]) {
      expect(status).not.toBe(200);
      expect(pollResult(text)).toEqual({ isError: false, isNil: true, items: [] });
    }
  });

  it('is taken in every release’s form, with the content type of JSON', async () => {
    const tokens = await agent.call('POST', PATHS.token, { public_key: agent.publicKeyPem() });
    await agent.postSet(aPostedSet([anIntent()]));
    const decisions = await agent.strategies();

    expect(tokenAnswer.safeParse(tokens.body).success).toBe(true);
    expect(tokens.text).toMatch(/"expired_at":\d+[,}]/);
    expect(pollResult(decisions.text).items.map(({ pid }) => pid)).toEqual([500n, 501n]);
    expect(decisions.headers.get('content-type')).toBe('application/json');
    expect(Object.keys(decisions.body)).toEqual(['success', 'message', 'timestamp', 'scheduling']);
    expect(decisions.body.message).toBe('Scheduling intents retrieved successfully');
  });

  it('clears the scheduler’s set only when a manager said so', async () => {
    await agent.postSet(aPostedSet([], { generation: 2 }));

    const { text } = await agent.strategies();

    expect(pollResult(text)).toEqual({ isError: false, isNil: false, items: [] });
  });

  it('has priorities that are all true where old releases read them', async () => {
    const old = await TestAgent.start({ ...roots(), sections: { scheduling: { priority_format: 'bool' } } });
    try {
      await old.postSet(aPostedSet([anIntent({ priority: 20 })]));

      const { body } = await old.strategies();

      expect(body.scheduling.map(({ priority }: { priority: unknown }) => priority)).toEqual([true, true]);
    } finally {
      await old.stop();
    }
  });

  it('never exceeds the scheduler’s map, and says how many it left out', async () => {
    const small = await TestAgent.start({ ...roots(), sections: { scheduling: { max_items: 1 } } });
    try {
      await small.postSet(aPostedSet([anIntent()]));

      expect(await small.pids()).toEqual([500]);
      expect((await small.call('GET', '/metrics')).text).toMatch(/^podium_agent_decisions_truncated 1$/m);
    } finally {
      await small.stop();
    }
  });

  function roots() {
    return { procRoot: node.procRoot, cgroupRoot: node.cgroupRoot };
  }
});
