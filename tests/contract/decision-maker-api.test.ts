import { createHmac } from 'node:crypto';
import { readFileSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generateRsaKey, keyId, toSpkiPem } from '../../shared/auth/keys.js';
import { PATHS } from '../../shared/contract/decision-maker-api.js';
import { EMPTY_ROOT } from '../../shared/domain/merkle.js';
import { anIntent, aPostedSet, CONTAINER_ID, NODE, POD_UID } from '../support/agent-builders.js';
import { containerCgroup } from '../support/pod-cgroups.js';
import { SimulatedNode } from '../support/simulated-node.js';
import { type Answer, TestAgent } from '../support/test-agent.js';

let node: SimulatedNode;
let agent: TestAgent;
beforeAll(async () => {
  node = new SimulatedNode();
  const cgroup = containerCgroup('systemd', POD_UID, CONTAINER_ID);
  node.put({ pid: 500, cgroup, comm: 'nginx', parentPid: 7 });
  node.put({ pid: 501, cgroup, comm: 'pause' });
  agent = await TestAgent.start(node);
});
afterAll(async () => {
  await agent.stop();
  node.close();
});

function expectRefusal(answer: Answer, status: number, error: string | RegExp): void {
  expect(answer.body).toMatchObject({ success: false, error: expect.stringMatching(error) });
  expect(answer.status).toBe(status);
  expect(answer.body).not.toHaveProperty('scheduling');
}

describe('tokens for the scheduler', () => {
  it('come in both public shapes, for the public key alone', async () => {
    const { status, body } = await agent.call('POST', PATHS.token, { public_key: agent.publicKeyPem() });

    expect(status).toBe(200);
    expect(body).toMatchObject({ success: true, token: body.data.token });
    expect(Number.isInteger(body.data.expired_at)).toBe(true);
  });

  it('carry the public claims and are valid for the configured time', async () => {
    const { body } = await agent.call('POST', PATHS.token, {
      public_key: agent.publicKeyPem(),
      client_id: 'scheduler-1',
      expired_at: 1,
    });

    const [header, claims] = body.token
      .split('.')
      .slice(0, 2)
      .map((part: string) => JSON.parse(Buffer.from(part, 'base64url').toString()));
    expect(header.alg).toBe('RS256');
    expect(claims).toMatchObject({
      client_id: 'scheduler-1',
      sub: 'scheduler-1',
      iss: 'decision-maker-service',
    });
    expect(claims.exp - claims.iat).toBe(86_400);
    expect(claims.nbf).toBe(claims.iat);
    expect(claims.exp).toBe(body.data.expired_at);
  });

  it.each([
    ['CRLF and no final line feed', (pem: string) => pem.trimEnd().replaceAll('\n', '\r\n')],
    ['blanks around it', (pem: string) => `\n  ${pem}  \n`],
  ])('come for the same key with %s', async (_title, edit) => {
    expect((await agent.call('POST', PATHS.token, { PUBLIC_KEY: edit(agent.publicKeyPem()) })).status).toBe(
      200,
    );
  });

  it('are refused for any other key', async () => {
    const otherKey = toSpkiPem(await generateRsaKey());
    const privateKey = readFileSync(path.join(agent.stateDir, 'agent-key.pem'), 'utf8');

    for (const public_key of [otherKey, privateKey, '', 'hello']) {
      const answer = await agent.call('POST', PATHS.token, { public_key });
      expect(answer.body.error).toBe('Public key verification failed ');
      expect(answer.status).toBe(401);
    }
  });

  it('open the two routes of a scheduler and no other', async () => {
    expect((await agent.asScheduler('POST', PATHS.metrics, {})).status).toBe(200);
    expect((await agent.strategies()).status).not.toBe(403);
    for (const [method, target] of [
      ['POST', PATHS.intents],
      ['DELETE', PATHS.intents],
      ['GET', PATHS.intentsMerkle],
      ['GET', PATHS.podProcesses],
      ['GET', PATHS.capabilities],
    ] as const) {
      expectRefusal(
        await agent.asScheduler(method, target, method === 'GET' ? undefined : {}),
        403,
        /manager/,
      );
    }
  });

  it('leave the private key to its owner and the public key to all', () => {
    expect(statSync(path.join(agent.stateDir, 'agent-key.pem')).mode & 0o777).toBe(0o600);
    expect(statSync(path.join(agent.stateDir, 'public-key.pem')).mode & 0o777).toBe(0o644);
    expect(statSync(agent.stateDir).mode & 0o777).toBe(0o700);
  });
});

describe('who may call', () => {
  const withHeader = (authorization: string) =>
    agent.call('GET', PATHS.intentsMerkle, undefined, { authorization });

  it('says in the public words what is wrong with the header', async () => {
    const missing = 'Authorization header is required';
    const scheme = "Authorization header must start with 'Bearer '";
    expectRefusal(await agent.call('GET', PATHS.intentsMerkle), 401, missing);
    for (const header of ['Token abc', 'bearer abc', 'Bearer', 'Bearer ']) {
      expectRefusal(await withHeader(header), 401, scheme);
    }
    for (const header of ['Bearer abc', 'Bearer a.b.c', 'Bearer  abc', `Bearer ${'x'.repeat(4_000)}`]) {
      expectRefusal(await withHeader(header), 401, /^Invalid or expired token: /);
    }
  });

  it('lets a manager’s token for this node in', async () => {
    expect((await withHeader(`Bearer ${await agent.managerToken()}`)).status).toBe(200);
  });

  it.each([
    ['for another node', { audience: 'agent:node-2' }],
    ['of another issuer', { issuer: 'somebody' }],
    ['that has expired', { now: () => Date.now() - 3_600_000 }],
    ['that is not valid yet', { now: () => Date.now() + 3_600_000 }],
  ])('refuses one %s', async (_title, overrides) => {
    const token = await agent.managerToken(overrides);

    expectRefusal(await withHeader(`Bearer ${token}`), 401, /^Invalid or expired token: /);
  });

  it('refuses one signed by a key that nobody published', async () => {
    const token = await agent.managerToken({ key: await generateRsaKey() });

    expectRefusal(await withHeader(`Bearer ${token}`), 401, /^Invalid or expired token: /);
  });

  it('refuses tokens without a signature, or with the public key as a shared secret', async () => {
    const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const [header = '', claims = ''] = (await agent.managerToken()).split('.');
    const { kid } = JSON.parse(Buffer.from(header, 'base64url').toString());
    const none = `${encode({ alg: 'none', typ: 'JWT', kid })}.${claims}.`;
    const signed = `${encode({ alg: 'HS256', typ: 'JWT', kid })}.${claims}`;
    const hmac = createHmac('sha256', agent.publicKeyPem()).update(signed).digest('base64url');

    for (const token of [none, `${signed}.${hmac}`]) {
      expectRefusal(await withHeader(`Bearer ${token}`), 401, /^Invalid or expired token: /);
    }
  });

  it('refuses a scheduler’s token whose claims say that it is a manager’s', async () => {
    const [header, , signature] = (await agent.schedulerToken()).split('.');
    const [, claims] = (await agent.managerToken()).split('.');

    expectRefusal(
      await withHeader(`Bearer ${header}.${claims}.${signature}`),
      401,
      /^Invalid or expired token/,
    );
  });

  it('trusts no manager any more once the key file is gone, and says so', async () => {
    const other = await TestAgent.start(node);
    try {
      const token = `Bearer ${await other.managerToken()}`;
      const ask = () => other.call('GET', PATHS.intentsMerkle, undefined, { authorization: token });
      expect((await ask()).status).toBe(200);
      rmSync(other.managerJwksFile);
      await new Promise((resolve) => setTimeout(resolve, 1_100));

      expect((await ask()).status).toBe(401);
      const ready = await other.call('GET', '/ready');
      expect(ready.status).toBe(503);
      expect(ready.text).toContain(other.managerJwksFile);
    } finally {
      await other.stop();
    }
  });
});

describe('before any set is known', () => {
  it('answers the scheduler with an error and no list, and the manager with the empty root', async () => {
    const fresh = await TestAgent.start(node);
    try {
      expectRefusal(await fresh.strategies(), 503, 'no set of intents is known');
      const { body } = await fresh.asManager('GET', PATHS.intentsMerkle);
      expect(body.data).toEqual({ rootHash: EMPTY_ROOT, set: null });
      expect((await fresh.call('GET', '/ready')).body.ready).toBe(true);

      await fresh.asManager('DELETE', PATHS.intents, { podId: POD_UID });
      expect((await fresh.strategies()).status).toBe(503);

      await fresh.asManager('DELETE', PATHS.intents, { all: true });
      expect(await fresh.items()).toEqual([]);
    } finally {
      await fresh.stop();
    }
  });
});

describe('GET /api/v1/pods/pids', () => {
  it('lists every process once, with the names that an intent tells', async () => {
    await agent.postSet(aPostedSet([anIntent()], { epoch: 5 }));

    const { body } = await agent.asManager('GET', PATHS.podProcesses);

    expect(body.data).toEqual({
      node_name: NODE,
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      pods: [
        {
          pod_uid: POD_UID,
          pod_name: 'web-1',
          pod_namespace: 'web',
          processes: [
            { pid: 500, command: 'nginx', ppid: 7, container_id: CONTAINER_ID },
            { pid: 501, command: 'pause', ppid: 1, container_id: CONTAINER_ID },
          ],
        },
      ],
    });
  });
});

describe('GET /api/v1/capabilities', () => {
  it('tells what the agent and its node can do', async () => {
    const { body } = await agent.asManager('GET', PATHS.capabilities);

    expect(body.data).toMatchObject({
      product: 'podium',
      nodeName: NODE,
      processDiscovery: { cgroupVersion: 'unknown', source: 'cgroup tree', hostPidNamespace: true },
      schedExt: { supported: expect.any(Boolean) },
    });
    expect(body.data.features).toEqual([
      ...['fenced-sets', 'precedence', 'container-names', 'command-target', 'threads'],
      ...['node-intents', 'runtime-config'],
    ]);
    expect(body.data.managerSilence).toEqual({ maxAgeSec: 0, boostsDropped: false });
  });
});

describe('the metrics page', () => {
  const pageOf = async (of: TestAgent) => (await of.call('GET', '/metrics')).text;
  const REPORT = {
    usersched_last_run_at: 1_700_000_000_123_456,
    nr_queued: 1,
    nr_scheduled: 2,
    nr_running: 3,
    nr_online_cpus: 4,
    nr_user_dispatches: 5,
    nr_kernel_dispatches: 6,
    nr_cancel_dispatches: 7,
    nr_bounce_dispatches: 8,
    nr_failed_dispatches: 9,
    nr_sched_congested: 10,
  };

  it('has the eleven public gauges from the first report on, and the last report wins', async () => {
    const fresh = await TestAgent.start(node);
    try {
      const isPublic = (line: string) => /^(user_sched|nr_)/.test(line);
      const series = async () => (await pageOf(fresh)).split('\n').filter(isPublic).toSorted();
      expect(await series()).toEqual([]);
      expect(await pageOf(fresh)).not.toMatch(/^podium_agent_\w*age_seconds/m);

      await fresh.asScheduler('POST', PATHS.metrics, REPORT);

      expect(await series()).toEqual(
        [
          'user_sched_last_run_at{machine_id="machine-1"} 1700000000123456',
          ...Object.entries(REPORT)
            .slice(1)
            .map(([name, value]) => `${name}{machine_id="machine-1"} ${value}`),
        ].toSorted(),
      );
      await fresh.asScheduler('POST', PATHS.metrics, { NR_QUEUED: 42 });
      expect(await series()).toContain('nr_queued{machine_id="machine-1"} 42');
      expect(await series()).toContain('nr_running{machine_id="machine-1"} 0');
    } finally {
      await fresh.stop();
    }
  });

  it('tells what the agent sees and serves', async () => {
    await agent.postSet(aPostedSet([anIntent()], { epoch: 6, generation: 4 }));
    await agent.strategies();
    await agent.asScheduler('POST', PATHS.metrics, REPORT);

    const page = await pageOf(agent);

    for (const line of [
      /^podium_agent_processes 2$/m,
      /^podium_agent_pods 1$/m,
      /^podium_agent_decisions 1$/m,
      /^podium_agent_decisions_truncated 0$/m,
      /^podium_agent_intents 1$/m,
      /^podium_agent_intent_set_epoch 6$/m,
      /^podium_agent_intent_set_generation 4$/m,
      /^podium_agent_intent_set_age_seconds \d/m,
      /^podium_agent_scheduler_poll_age_seconds \d/m,
      /^podium_agent_scheduler_report_age_seconds \d/m,
      /^podium_agent_scan_duration_seconds_count \d/m,
      /^podium_agent_process_read_errors_total\{errno="ENOENT"\} \d/m,
    ]) {
      expect(page).toMatch(line);
    }
    expect(page).not.toMatch(/[{,](pid|pod)="/);
  });
});

describe('what is no route', () => {
  it.each([
    ['GET', '/api/v1/nope', 404],
    ['GET', PATHS.intents, 404],
    ['PUT', PATHS.intents, 404],
    ['POST', PATHS.schedulingStrategies, 404],
    ['OPTIONS', PATHS.schedulingStrategies, 404],
    ['GET', '/', 404],
    ['GET', '/api/v1/node-intents', 404],
    ['POST', '/health', 405],
    ['DELETE', '/version', 405],
  ])('answers %s %s with %d', async (method, target, status) => {
    expect((await agent.call(method, target)).status).toBe(status);
  });

  it('takes the double slash of a URL that ends in one', async () => {
    expect((await agent.asScheduler('GET', `/${PATHS.schedulingStrategies}`)).status).toBe(200);
  });

  it('is not /health, /ready or /version', async () => {
    expect((await agent.call('GET', '/health')).body).toMatchObject({ status: 'healthy' });
    expect((await agent.call('GET', '/ready')).body).toMatchObject({ ready: true });
    expect((await agent.call('GET', '/version')).body.endpoints).toContain('POST_/api/v1/intents');
  });
});

describe('bad input', () => {
  const deep = `${'['.repeat(100)}${']'.repeat(100)}`;

  it.each([
    ['POST', PATHS.token, '{"public_key":', 400],
    ['POST', PATHS.token, '', 400],
    ['POST', PATHS.token, '[]', 400],
    ['POST', PATHS.token, '{"public_key":5}', 400],
    ['POST', PATHS.token, '{"public_key":"x","expired_at":1.5}', 400],
    ['POST', PATHS.token, JSON.stringify({ public_key: 'x'.repeat(70_000) }), 413],
    ['POST', PATHS.metrics, '{', 400],
    ['POST', PATHS.metrics, '[]', 400],
    ['POST', PATHS.metrics, '{"nr_queued":-1}', 400],
    ['POST', PATHS.metrics, '{"nr_queued":1.5}', 400],
    ['POST', PATHS.metrics, '{"nr_queued":"1"}', 400],
    ['POST', PATHS.metrics, '{"nr_queued":18446744073709551616}', 400],
    ['POST', PATHS.metrics, deep, 400],
    ['DELETE', PATHS.intents, '', 400],
    ['DELETE', PATHS.intents, '{}', 400],
    ['DELETE', PATHS.intents, '{"all":"true"}', 400],
    ['DELETE', PATHS.intents, '{"podId":1}', 400],
    ['DELETE', PATHS.intents, '{"podId":"x","pid":"1"}', 400],
    ['DELETE', PATHS.intents, '{"pid":1}', 400],
    ['POST', PATHS.intents, '{"intents":[', 400],
    ['POST', PATHS.intents, '', 400],
    ['POST', PATHS.intents, '"x"', 400],
    ['POST', PATHS.intents, '{"intents":{}}', 400],
    ['POST', PATHS.intents, '{"intents":[{"priority":"5"}]}', 400],
    ['POST', PATHS.intents, '{"intents":[{"priority":2e1}]}', 400],
    ['POST', PATHS.intents, '{"intents":[{"executionTime":9223372036854775808}]}', 400],
    ['POST', PATHS.intents, '{"intents":[{"podLabels":{"a":1}}]}', 400],
    ['POST', PATHS.intents, '{"intents":[{"commandTarget":"environ"}]}', 400],
    ['POST', PATHS.intents, '{"intents":[null]}', 422],
    ['POST', PATHS.intents, '{}', 422],
    ['POST', PATHS.intents, 'null', 422],
    ['POST', PATHS.intents, `{"intents":${deep}}`, 400],
    ['POST', PATHS.intents, '{"__proto__":{"nodeName":"node-1"},"constructor":{"prototype":{}}}', 422],
    ['POST', PATHS.intents, `{"intents":[${'{},'.repeat(20_000)}{}]}`, 413],
    ['POST', PATHS.intents, ' '.repeat(16 * 1024 * 1024 + 1), 413],
  ])('on %s %s is refused with a reason, and the set stays: %.60s', async (method, target, body, status) => {
    await agent.postSet(aPostedSet([anIntent()], { epoch: 9, generation: 1 }));
    const before = await agent.items();

    const answer =
      target === PATHS.metrics
        ? await agent.asScheduler(method, target, body)
        : await agent.asManager(method, target, body);

    expectRefusal(answer, status, /\w/);
    expect(answer.body.requestId).toMatch(/\w/);
    expect(await agent.items()).toEqual(before);
  });

  it('gives no right and no value through the names of object prototypes', async () => {
    const set = aPostedSet([anIntent({ podLabels: { constructor: 'a', toString: 'b' } })], { epoch: 10 });

    expect((await agent.postSet(set)).status).toBe(200);

    const [item] = await agent.items();
    expect(item?.selectors).toEqual([
      { key: 'constructor', value: 'a' },
      { key: 'toString', value: 'b' },
    ]);
    expect(({} as Record<string, unknown>).nodeName).toBeUndefined();
  });

  it('matches a pattern that would take a backtracking engine for ever', async () => {
    const intent = anIntent({ commandRegex: '(n*)*(n*)*(n*)*(n*)*$x', commandTarget: 'cmdline' });
    const startedAtMs = performance.now();

    const { status } = await agent.postSet(aPostedSet([intent], { epoch: 11 }));

    expect(status).toBe(200);
    expect(await agent.items()).toEqual([]);
    expect(performance.now() - startedAtMs).toBeLessThan(30_000);
  });
});

describe('the key of a manager', () => {
  it('is known by its thumbprint', async () => {
    const [header = ''] = (await agent.managerToken()).split('.');
    const { kid } = JSON.parse(Buffer.from(header, 'base64url').toString());
    const { keys } = JSON.parse(readFileSync(agent.managerJwksFile, 'utf8'));

    expect(keys.map((key: { kid: string }) => key.kid)).toEqual([kid]);
    expect(kid).not.toBe(keyId(await generateRsaKey()));
  });
});
