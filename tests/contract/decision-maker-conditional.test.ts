import { setMaxListeners } from 'node:events';
import { rmSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PATHS } from '../../shared/contract/decision-maker-api.js';
import { anIntent, aPostedSet, CONTAINER_ID, POD_UID } from '../support/agent-builders.js';
import { type CallAnswer, httpCall } from '../support/http-call.js';
import { containerCgroup } from '../support/pod-cgroups.js';
import { SimulatedNode } from '../support/simulated-node.js';
import { eventually, TestAgent } from '../support/test-agent.js';

const CGROUP = containerCgroup('systemd', POD_UID, CONTAINER_ID);

let node: SimulatedNode;
let agent: TestAgent;
beforeAll(async () => {
  node = new SimulatedNode();
  agent = await TestAgent.start(node);
});
afterAll(async () => {
  await agent.stop();
  node.close();
});

let generation = 0;
beforeEach(async () => {
  node.put({ pid: 500, cgroup: CGROUP });
  await agent.postSet(aPostedSet([anIntent()], { generation: ++generation }));
  await eventually(
    () => agent.pids(),
    (pids) => pids.join() === '500',
  );
});
afterEach(() => node.removeCgroup(CGROUP));

async function ask(
  options: { query?: string; ifNoneMatch?: string; signal?: AbortSignal; of?: TestAgent } = {},
): Promise<CallAnswer> {
  const { query = '', ifNoneMatch, signal, of = agent } = options;
  return httpCall({ port: Number(new URL(of.url).port) }, `${PATHS.schedulingStrategies}${query}`, {
    headers: {
      authorization: `Bearer ${await of.schedulerToken()}`,
      'content-type': 'application/json',
      ...(ifNoneMatch === undefined ? {} : { 'if-none-match': ifNoneMatch }),
    },
    ...(signal === undefined ? {} : { signal }),
  });
}

async function currentTag(): Promise<string> {
  return (await ask()).headers.etag ?? expect.fail('an answer without a tag');
}

function pidsOf(answer: CallAnswer): number[] {
  return answer.body.scheduling.map(({ pid }: { pid: number }) => pid);
}

async function waitingCount(of = agent): Promise<number> {
  const page = (await of.call('GET', '/metrics')).text;
  return Number(/^podium_agent_waiting_requests (\d+)$/m.exec(page)?.[1]);
}

async function untilWaiting(count: number, of = agent): Promise<void> {
  await eventually(
    () => waitingCount(of),
    (waiting) => waiting === count,
  );
}

describe('the tag of the decisions', () => {
  it('is strong, and stays while the list stays', async () => {
    const first = await ask();
    const second = await ask();

    expect(first.headers.etag).toMatch(/^"[\x21\x23-\x7e]+"$/);
    expect(second.headers.etag).toBe(first.headers.etag);
    expect(second.text).toBe(first.text);
  });

  it('is another one as soon as the list is another, and the first one again when the list is', async () => {
    const before = await currentTag();
    node.put({ pid: 501, cgroup: CGROUP });
    await eventually(currentTag, (tag) => tag !== before);
    node.remove(501);

    await eventually(currentTag, (tag) => tag === before);
  });

  it('makes an unchanged list a 304 without a body', async () => {
    const tag = await currentTag();

    for (const ifNoneMatch of [tag, `W/${tag}`, `"other", ${tag}`, '*']) {
      const answer = await ask({ ifNoneMatch });
      expect([answer.status, answer.text, answer.headers.etag]).toEqual([304, '', tag]);
      expect(answer.headers['content-type']).toBeUndefined();
    }
  });

  it('does not keep a caller from the list who knows another, or says it in a way that is none', async () => {
    const tag = await currentTag();

    for (const ifNoneMatch of ['"other"', tag.slice(1, -1), `${tag} ${tag}`, '']) {
      const answer = await ask({ ifNoneMatch });
      expect([answer.status, pidsOf(answer)]).toEqual([200, [500]]);
    }
  });

  it('never stands between a caller and a refusal', async () => {
    const fresh = await TestAgent.start(node);
    try {
      for (const query of ['', '?wait=1']) {
        const answer = await ask({ of: fresh, ifNoneMatch: '*', query });
        expect(answer.status).toBe(503);
        expect(answer.headers.etag).toBeUndefined();
        expect(answer.body).toMatchObject({ success: false, code: 'unavailable' });
      }
    } finally {
      await fresh.stop();
    }
  });

  it('adds nothing else to what a scheduler of the first generation sees', async () => {
    const { headers, text } = await ask();

    expect(Object.keys(headers).toSorted()).toEqual([
      'cache-control',
      'connection',
      'content-length',
      'content-type',
      'date',
      'etag',
      'x-content-type-options',
      'x-request-id',
    ]);
    expect(text).toMatch(
      /^\{"success":true,"message":"Scheduling intents retrieved successfully","timestamp":"[^"]+","scheduling":\[\{.*\}\]\}\n$/,
    );
  });
});

describe('a request that waits', () => {
  it('is answered when the list changes', async () => {
    const answer = ask({ query: '?wait=60', ifNoneMatch: await currentTag() });
    await untilWaiting(1);

    node.put({ pid: 501, cgroup: CGROUP });

    expect([(await answer).status, pidsOf(await answer)]).toEqual([200, [500, 501]]);
    expect(await waitingCount()).toBe(0);
  });

  it('is answered when a manager’s set changes it, and not by one that changes nothing', async () => {
    let answered = false;
    const answer = ask({ query: '?wait=60' }).finally(() => {
      answered = true;
    });
    await untilWaiting(1);
    const same = anIntent();
    await agent.postSet(aPostedSet([same], { generation: ++generation }));
    expect([answered, await waitingCount()]).toEqual([false, 1]);

    await agent.postSet(aPostedSet([{ ...same, priority: 17 }], { generation: ++generation }));

    expect((await answer).body.scheduling).toMatchObject([{ pid: 500, priority: 17 }]);
  });

  it('is answered at once when the caller knows another list', async () => {
    expect((await ask({ query: '?wait=60', ifNoneMatch: '"other"' })).status).toBe(200);
  });

  it('ends with 304 when the time is over, or with the list for a caller that knows none', async () => {
    const [known, any, none] = await Promise.all([
      ask({ query: '?wait=1', ifNoneMatch: await currentTag() }),
      ask({ query: '?wait=1', ifNoneMatch: '*' }),
      ask({ query: '?wait=1' }),
    ]);

    expect([known.status, any.status, none.status]).toEqual([304, 304, 200]);
    expect(pidsOf(none)).toEqual([500]);
  });

  it('does not count as work in the duration of requests', async () => {
    const waiting = await TestAgent.start(node);
    try {
      await waiting.postSet(aPostedSet([anIntent()]));
      await ask({ of: waiting, query: '?wait=1' });
      const page = (await waiting.call('GET', '/metrics')).text;
      const [, seconds] =
        /^podium_http_request_duration_seconds_sum\{.*scheduling\/strategies.*\} (.+)$/m.exec(page) ?? [];
      expect(Number(seconds)).toBeGreaterThan(0);
      expect(Number(seconds)).toBeLessThan(1);
    } finally {
      await waiting.stop();
    }
  });

  it.each(['', '0', '61', '-1', '1.5', '1e1', ' 5', '5s', '0x10', '99999999999999999999', '١'])(
    'is refused with wait=%j',
    async (wait) => {
      const answer = await ask({ query: `?wait=${encodeURIComponent(wait)}` });

      expect(answer.status).toBe(400);
      expect(answer.body).toMatchObject({
        success: false,
        code: 'malformed',
        details: [{ field: 'wait', reason: expect.stringContaining('from 1 to 60') }],
      });
    },
  );

  it('is answered with the error when the node cannot be read any more', async () => {
    const doomed = new SimulatedNode();
    doomed.put({ pid: 500, cgroup: CGROUP });
    const blind = await TestAgent.start(doomed);
    try {
      await blind.postSet(aPostedSet([anIntent()]));
      const answer = ask({ of: blind, query: '?wait=60' });
      await untilWaiting(1, blind);

      rmSync(doomed.folder, { recursive: true });

      expect((await answer).body).toMatchObject({ success: false, code: 'unavailable' });
      expect([(await answer).status, (await answer).headers.etag]).toEqual([503, undefined]);
    } finally {
      await blind.stop();
    }
  });

  it('is let go when its caller has gone', async () => {
    const leave = new AbortController();
    const left = ask({ query: '?wait=60', signal: leave.signal });
    await untilWaiting(1);

    leave.abort();

    await expect(left).rejects.toThrow(/abort/);
    await untilWaiting(0);
  });

  it('is one of at most 64, and the next one is told so', async () => {
    const leave = new AbortController();
    setMaxListeners(0, leave.signal);
    const waiting = Array.from({ length: 64 }, () => ask({ query: '?wait=60', signal: leave.signal }));
    await untilWaiting(64);

    const answer = await ask({ query: '?wait=60' });

    expect(answer.status).toBe(429);
    expect(answer.headers['retry-after']).toBe('1');
    expect(answer.body).toMatchObject({ success: false, code: 'throttled' });
    expect(answer.body).not.toHaveProperty('scheduling');
    expect((await ask()).status).toBe(200);
    expect((await ask({ query: '?wait=60', ifNoneMatch: '"other"' })).status).toBe(200);
    leave.abort();
    expect(new Set((await Promise.allSettled(waiting)).map(({ status }) => status))).toEqual(
      new Set(['rejected']),
    );
    await untilWaiting(0);
  });

  it('is answered at once when the agent stops', async () => {
    const stopping = await TestAgent.start(node);
    await stopping.postSet(aPostedSet([anIntent()]));
    const { etag = '' } = (await ask({ of: stopping })).headers;
    const answers = [
      ask({ of: stopping, query: '?wait=60' }),
      ask({ of: stopping, query: '?wait=60', ifNoneMatch: etag }),
    ];
    await untilWaiting(2, stopping);

    await stopping.stop();

    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([200, 304]);
  });
});
