import { once } from 'node:events';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decisionMakerOpenApiDocument } from '../../decisionmaker/app/create-decision-maker.js';
import { INTENTS_BODY_LIMIT_BYTES, PATHS } from '../../shared/contract/decision-maker-api.js';
import { anIntent, aPostedSet, CONTAINER_ID, POD_UID } from '../support/agent-builders.js';
import { type CallAnswer, type CallOptions, httpCall } from '../support/http-call.js';
import { containerCgroup } from '../support/pod-cgroups.js';
import { SimulatedNode } from '../support/simulated-node.js';
import { TestAgent } from '../support/test-agent.js';

const KIB_64 = 64 * 1024;

/** What is wrong with a request to one route, beside what is wrong with any. */
interface RouteEntry {
  readonly caller: 'scheduler' | 'manager';
  /** Of routes that read a body. */
  readonly body?: {
    readonly limitBytes: number;
    /** Bodies of JSON that the route's schema does not take. */
    readonly wrongTypes: readonly string[];
    /** What a body would have to say to do something here; hidden behind a prototype it must not. */
    readonly effective: Readonly<Record<string, unknown>>;
    /** The answer to an empty object. */
    readonly emptyObject: number;
  };
  /** Queries that are refused. */
  readonly queries?: readonly string[];
}

/** Every route of the agent has its entry; the OpenAPI document says which there are. */
const ROUTES: Readonly<Record<string, RouteEntry>> = {
  [`post ${PATHS.token}`]: {
    caller: 'scheduler',
    body: {
      limitBytes: KIB_64,
      wrongTypes: ['{"public_key":5}', '{"public_key":{}}', '{"public_key":"x","expired_at":1.5}'],
      effective: { public_key: 'x' },
      emptyObject: 401,
    },
  },
  [`post ${PATHS.intents}`]: {
    caller: 'manager',
    body: {
      limitBytes: INTENTS_BODY_LIMIT_BYTES,
      wrongTypes: [
        '{"intents":{}}',
        '{"intents":[5]}',
        '{"intents":[{"priority":"5"}]}',
        '{"intents":[{"priority":2e1}]}',
        '{"intents":[{"priority":true}]}',
        '{"intents":[{"executionTime":9223372036854775808}]}',
        '{"intents":[{"podLabels":{"a":1}}]}',
        '{"intents":[{"podLabels":[]}]}',
        '{"intents":[{"containerNames":"a"}]}',
        '{"nodeName":1}',
        '{"epoch":"1"}',
        `{"intents":[{"priority":${'9'.repeat(1_000_000)}}]}`,
      ],
      effective: aPostedSet([], { epoch: 99 }) as unknown as Record<string, unknown>,
      emptyObject: 422,
    },
  },
  [`delete ${PATHS.intents}`]: {
    caller: 'manager',
    body: {
      limitBytes: KIB_64,
      wrongTypes: ['{"all":"true"}', '{"all":1}', '{"podId":1}', '{"podId":"x","pid":"1"}', '{"pid":1.5}'],
      effective: { all: true },
      emptyObject: 400,
    },
  },
  [`post ${PATHS.metrics}`]: {
    caller: 'scheduler',
    body: {
      limitBytes: KIB_64,
      wrongTypes: [
        '{"nr_queued":-1}',
        '{"nr_queued":1.5}',
        '{"nr_queued":"1"}',
        '{"nr_queued":18446744073709551616}',
        `{"nr_queued":${'9'.repeat(60_000)}}`,
        '{"nr_queued":[]}',
      ],
      effective: { nr_queued: 7 },
      emptyObject: 200,
    },
  },
  [`get ${PATHS.schedulingStrategies}`]: {
    caller: 'scheduler',
    queries: ['wait=', 'wait=0', 'wait=61', 'wait=x', 'wait=%zz', 'wait=-1'],
  },
  [`post ${PATHS.nodeIntents}`]: {
    caller: 'manager',
    body: {
      limitBytes: INTENTS_BODY_LIMIT_BYTES,
      wrongTypes: [
        '{"policies":{}}',
        '{"policies":["x"]}',
        '{"policies":[{"policyID":5}]}',
        '{"policies":[{"priority":"1"}]}',
        '{"policies":[{"executionTime":9223372036854775808}]}',
      ],
      effective: { policies: [{ policyID: 'p', nodeID: 'node-1', commandRegex: 'sleep', priority: 1 }] },
      emptyObject: 200,
    },
  },
  [`delete ${PATHS.nodeIntents}`]: {
    caller: 'manager',
    body: {
      limitBytes: KIB_64,
      wrongTypes: ['{"all":1}', '{"all":"true"}', '{"policyId":1}'],
      effective: { all: true },
      emptyObject: 400,
    },
  },
  [`post ${PATHS.runtimeConfig}`]: {
    caller: 'manager',
    body: {
      limitBytes: KIB_64,
      wrongTypes: [
        '{"configVersion":5}',
        '{"configVersion":"x","kernelMode":"yes"}',
        '{"configVersion":"x","sliceNsMin":-1}',
        '{"configVersion":"x","sliceNsDefault":1.5}',
      ],
      effective: { configVersion: 'v1' },
      emptyObject: 400,
    },
  },
  [`get ${PATHS.intentsMerkle}`]: { caller: 'manager' },
  [`get ${PATHS.nodeIntentsMerkle}`]: { caller: 'manager' },
  [`get ${PATHS.runtimeConfig}`]: { caller: 'manager' },
  [`get ${PATHS.podProcesses}`]: { caller: 'manager' },
  [`get ${PATHS.capabilities}`]: { caller: 'manager' },
};

const routes = Object.entries(ROUTES).map(([route, entry]) => {
  const [method = '', path = ''] = route.split(' ');
  return { route, method: method.toUpperCase(), path, entry };
});
const withBody = routes.flatMap(({ entry, ...route }) =>
  entry.body === undefined ? [] : [{ ...route, caller: entry.caller, body: entry.body }],
);
const withQueries = routes.flatMap(({ entry, path }) =>
  (entry.queries ?? []).map((query) => ({ target: `${path}?${query}`, caller: entry.caller })),
);

let node: SimulatedNode;
let agent: TestAgent;
let port: number;
let tokens: Readonly<Record<RouteEntry['caller'], string>>;
let tag: string | undefined;
beforeAll(async () => {
  node = new SimulatedNode();
  node.put({ pid: 500, cgroup: containerCgroup('systemd', POD_UID, CONTAINER_ID) });
  agent = await TestAgent.start(node);
  port = Number(new URL(agent.url).port);
  tokens = { scheduler: await agent.schedulerToken(), manager: await agent.managerToken() };
  await agent.postSet(aPostedSet([anIntent()], { epoch: 9 }));
  tag = await currentTag();
});
afterAll(async () => {
  await agent.stop();
  node.close();
});

async function currentTag(): Promise<string | undefined> {
  const { status, headers } = await send('scheduler', PATHS.schedulingStrategies);
  expect(status).toBe(200);
  return headers.etag;
}

function send(caller: RouteEntry['caller'], target: string, options: CallOptions = {}): Promise<CallAnswer> {
  return httpCall({ port }, target, {
    ...options,
    headers: { authorization: `Bearer ${tokens[caller]}`, ...options.headers },
  });
}

/** A refusal with a reason, and nothing changed. */
async function expectRefusal(answer: CallAnswer, ...statuses: readonly number[]): Promise<void> {
  expect(statuses).toContain(answer.status);
  expect(answer.body).toMatchObject({
    success: false,
    error: expect.stringMatching(/\w/),
    code: expect.stringMatching(/\w/),
  });
  expect(answer.body).not.toHaveProperty('scheduling');
  expect(await currentTag()).toBe(tag);
}

/** Sends these bytes on a connection of their own and gives back what comes until its end. */
async function saidTo(bytes: string | Buffer, end: 'half-close' | 'wait'): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  socket.on('error', () => {});
  await once(socket, 'connect');
  if (end === 'half-close') socket.end(bytes);
  else socket.write(bytes);
  await new Promise((resolve) => socket.once('close', resolve));
  return Buffer.concat(chunks).toString();
}

it('has an entry for every route of the OpenAPI document: add one with each route', () => {
  const { paths } = decisionMakerOpenApiDocument() as { paths: Record<string, Record<string, unknown>> };
  const mounted = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method} ${path}`),
  );

  expect(Object.keys(ROUTES).toSorted()).toEqual(mounted.toSorted());
});

describe.each(withBody)('the body of $route', ({ method, path, caller, body }) => {
  const sendBody = (text: string | Buffer, options: CallOptions = {}) =>
    send(caller, path, { method, body: text, ...options });

  it.each([
    '',
    ' \r\n\t',
    '{',
    '}',
    '{"a":',
    '[1,',
    '"x',
    'nul',
    '{"a" 1}',
    '{a:1}',
    "{'a':1}",
    '{"a":1,}',
    '{"a":01}',
    '{"a":"\u0001"}',
    '{"a":"\\x"}',
    '\u0000',
    '\uFEFF{}',
    'a=1&b=2',
    '<xml/>',
  ])('is refused when it is no JSON: %j', async (text) => {
    await expectRefusal(await sendBody(text), 400);
  });

  it.each(['[]', '"x"', '5', 'true', '[{}]', ...body.wrongTypes.map((text) => text)])(
    'is refused when it is of a wrong type: %.60s',
    async (text) => {
      await expectRefusal(await sendBody(text), 400);
    },
  );

  it('is refused when it is nested 10,000 levels deep, wherever', async () => {
    const [key = ''] = Object.keys(body.effective);
    for (const [open, close] of [
      ['[', ']'],
      ['{"a":', '}'],
      [`{"${key}":`, '}'],
    ] as const) {
      const opened = open.repeat(10_000);
      for (const text of [
        opened,
        `${opened}1${close.repeat(10_000)}`,
        `{"${key}":${opened}`,
        `{"zzz":${opened}`,
      ]) {
        await expectRefusal(await sendBody(text.slice(0, body.limitBytes)), 400);
      }
    }
  });

  it('is refused above its limit, whether it says its length or not', async () => {
    const tooLong = `{"zzz":"${'x'.repeat(body.limitBytes)}"}`;

    await expectRefusal(await sendBody(tooLong), 413);
    await expectRefusal(await sendBody(tooLong, { chunked: true }), 413);
  });

  it('is read at its limit', async () => {
    const atLimit = `{"zzz":"${'x'.repeat(body.limitBytes - 10)}"}`;
    expect(Buffer.byteLength(atLimit)).toBe(body.limitBytes);

    for (const chunked of [false, true]) {
      expect((await sendBody(atLimit, { chunked })).status).toBe(body.emptyObject);
    }
    expect(await currentTag()).toBe(tag);
  });

  it('says nothing through the names of prototypes', async () => {
    const hidden = JSON.stringify(body.effective);
    for (const text of [
      `{"__proto__":${hidden}}`,
      `{"constructor":{"prototype":${hidden}}}`,
      `{"__proto__":{"__proto__":${hidden}},"prototype":${hidden}}`,
      `{"__proto__":${hidden},"big":123456789012345678901234567890}`,
      '{"toString":1,"valueOf":null,"hasOwnProperty":"x","__defineGetter__":[]}',
    ]) {
      expect([text.slice(0, 40), (await sendBody(text)).status]).toEqual([
        text.slice(0, 40),
        body.emptyObject,
      ]);
    }
    expect(await currentTag()).toBe(tag);
    for (const key of Object.keys(body.effective))
      expect(({} as Record<string, unknown>)[key]).toBeUndefined();
  });

  it('counts by the last of equal keys, in whatever case, and the last one must be of the right type', async () => {
    const [key = '', value] = Object.entries(body.effective)[0] ?? [];
    const good = JSON.stringify(value);
    const bad = typeof value === 'string' ? '5' : '"wrong"';

    await expectRefusal(await sendBody(`{"${key}":${good},"${key}":${bad}}`), 400);
    await expectRefusal(await sendBody(`{"${key}":${good},"${key.toUpperCase()}":${bad}}`), 400);
  });

  it.each(['gzip', 'deflate', 'br', 'identity, gzip', 'x'])(
    'is refused in the encoding %s',
    async (encoding) => {
      const packed = gzipSync(JSON.stringify(body.effective));

      const answer = await sendBody(packed, { headers: { 'content-encoding': encoding } });

      await expectRefusal(answer, 400);
      expect(answer.body.details[0].reason).toContain('content-encoding');
    },
  );

  it('is refused when its bytes are no text', async () => {
    await expectRefusal(await sendBody(Buffer.from([0xff, 0xfe, 0x00, 0x80])), 400);
    await expectRefusal(await sendBody(gzipSync('{}')), 400);
  });

  it('does no harm when it ends before its length, or its chunks never do', async () => {
    const head = `${method} ${path} HTTP/1.1\r\nhost: a\r\nauthorization: Bearer ${tokens[caller]}\r\n`;
    const text = JSON.stringify(body.effective);
    for (const request of [
      `${head}content-length: ${text.length + 1}\r\n\r\n${text}`,
      `${head}transfer-encoding: chunked\r\n\r\n${text.length.toString(16)}\r\n${text}\r\n`,
    ]) {
      const said = await saidTo(request, 'half-close');
      expect(said).toMatch(/^(HTTP\/1\.1 400 |$)/);
    }
    expect(await currentTag()).toBe(tag);
  });
});

describe.each(routes)('a request to $route', ({ method, path, entry }) => {
  it('is refused with headers that are too long', async () => {
    const said = await saidTo(
      `${method} ${path} HTTP/1.1\r\nhost: a\r\nauthorization: Bearer ${'x'.repeat(20_000)}\r\n\r\n`,
      'wait',
    );

    expect(said).toMatch(/^HTTP\/1\.1 431 /);
    expect(JSON.parse(said.split('\r\n\r\n')[1] ?? '')).toMatchObject({ success: false, code: 'too_large' });
    expect(await currentTag()).toBe(tag);
  });

  it('is none under another method, nor with HEAD or OPTIONS', async () => {
    const mine = routes.filter((other) => other.path === path).map((other) => other.method);
    for (const other of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'TRACE', 'PROPFIND']) {
      if (mine.includes(other)) continue;
      const answer = await send(entry.caller, path, { method: other });
      expect([other, answer.status]).toEqual([other, 404]);
      if (other !== 'HEAD') expect(answer.body).toEqual({ message: 'Not Found' });
    }
  });

  it('may begin with several slashes, and takes none at the end or between', async () => {
    const options = method === 'GET' ? { method } : { method, body: '{' };
    const usual = (await send(entry.caller, path, options)).status;

    for (const target of [`/${path}`, `//${path}`, `/${path}?x=1`]) {
      expect([target, (await send(entry.caller, target, options)).status]).toEqual([target, usual]);
    }
    for (const target of [`${path}/`, path.replace('/v1/', '/v1//'), path.toUpperCase(), `${path};x`]) {
      expect([target, (await send(entry.caller, target, options)).status]).toEqual([target, 404]);
    }
    expect(await currentTag()).toBe(tag);
  });
});

it.each(withQueries)('$target is refused', async ({ target, caller }) => {
  await expectRefusal(await send(caller, target), 400);
});

it('takes a body with a GET for none', async () => {
  const answer = await send('scheduler', PATHS.schedulingStrategies, { body: '{"broken":' });

  expect([answer.status, answer.headers.etag]).toEqual([200, tag]);
});

it('refuses more than 20,000 items', async () => {
  const intents = Array.from({ length: 20_001 }, () => ({ podID: 'x' }));
  const body = JSON.stringify({ ...aPostedSet([], { epoch: 10 }), intents });

  await expectRefusal(await send('manager', PATHS.intents, { method: 'POST', body }), 413);
});

it.each<[string, () => string, number]>([
  ['of millions of items that are none', () => `{"intents":[${'5,'.repeat(1_900_000)}5]}`, 413],
  ['of millions of empty items', () => `{"intents":[${'{},'.repeat(1_900_000)}{}]}`, 413],
  ['of millions of values that nobody asked for', () => `{"zzz":[${'1.5,'.repeat(4_000_000)}1]}`, 413],
  ['of one number with millions of digits', () => `{"zzz":1,"epoch":${'9'.repeat(15_000_000)}}`, 400],
  [
    'of items whose lists are wrong from end to end',
    () => `{"intents":[${`{"containerNames":[${'5,'.repeat(19_000)}5]},`.repeat(90)}{}]}`,
    400,
  ],
  ['of items with numbers out of range', () => `{"intents":[${'{"priority":1.5},'.repeat(19_000)}{}]}`, 400],
])('refuses a set %s, and says so in a few words', async (_title, text, status) => {
  const answer = await send('manager', PATHS.intents, { method: 'POST', body: text() });

  await expectRefusal(answer, status);
  expect(answer.text.length).toBeLessThan(200_000);
});

it('has not failed once in all of it', async () => {
  const page = (await httpCall({ port }, '/metrics')).text;

  expect(page).toMatch(/^podium_http_request_duration_seconds_count\{.*status="400"\}/m);
  expect(page).not.toMatch(/^podium_http_request_duration_seconds_count\{.*status="5\d\d"\}/m);
});
