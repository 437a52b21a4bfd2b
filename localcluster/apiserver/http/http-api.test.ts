import { once } from 'node:events';
import { request as httpsRequest } from 'node:https';
import { connect } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { silentLogger } from '../../../shared/observability/logger.js';
import { type LocalApiServer, startLocalApiServer, TOKENS } from '../../../tests/support/local-api-server.js';
import { openWatch } from '../../../tests/support/watch-client.js';
import { createCertificateAuthority } from '../../pki/certificate-authority.js';
import { issueClientCertificate } from '../../pki/issue-certificate.js';

const PODS = '/api/v1/namespaces/default/pods';
const MERGE = { 'content-type': 'application/merge-patch+json' };

function aPod(name: string, labels: Readonly<Record<string, string>> = {}, spec: object = {}) {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, labels },
    spec: { containers: [{ name: 'main', image: 'busybox:1' }], ...spec },
  };
}

let server: LocalApiServer;
const authority = await createCertificateAuthority('clients');
beforeAll(async () => {
  server = await startLocalApiServer({ clientCaPem: authority.certificatePem });
});
afterAll(() => server.stop());

/** A namespace of its own keeps a test's objects apart. */
async function aNamespace(name: string): Promise<string> {
  await server.request('POST', '/api/v1/namespaces', { body: { metadata: { name } } });
  return `/api/v1/namespaces/${name}/pods`;
}

describe('who gets in', () => {
  it('is nobody without a credential, except for health and version', async () => {
    for (const path of ['/healthz', '/livez', '/readyz', '/version']) {
      expect((await server.request('GET', path, { token: null })).status, path).toBe(200);
    }
    for (const path of ['/api', '/apis', '/api/v1/pods', '/openapi/v2', '/nonsense']) {
      const { status, json } = await server.request('GET', path, { token: null });
      expect({ status, reason: json.reason }, path).toEqual({ status: 401, reason: 'Unauthorized' });
    }
  });

  it('is nobody with an unknown token', async () => {
    expect((await server.request('GET', '/api/v1/pods', { token: 'guess' })).status).toBe(401);
  });

  it('is a client whose certificate our authority signed, also on a resumed connection', async () => {
    const reader = await issueClientCertificate(authority, {
      commonName: 'carol',
      organizations: ['podium:read-only'],
    });
    const ask = (session?: Buffer) => withCertificate(reader.certificatePem, reader.privateKeyPem, session);

    const first = await ask();
    const second = await ask(first.session);

    expect(second.resumed).toBe(true);
    for (const { status, text } of [first, second]) {
      expect(status).toBe(403);
      expect(JSON.parse(text).message).toBe(
        'pods is forbidden: User "carol" cannot create resource "pods" in API group "" in the namespace "default"',
      );
    }
  });

  it('is not a client of another authority', async () => {
    const stranger = await createCertificateAuthority('stranger');
    const pair = await issueClientCertificate(stranger, {
      commonName: 'mallory',
      organizations: ['system:masters'],
    });

    expect((await withCertificate(pair.certificatePem, pair.privateKeyPem)).status).toBe(401);
  });

  it('may only look when they are in the read-only group', async () => {
    const as = { token: TOKENS.reader };

    expect((await server.request('GET', PODS, as)).status).toBe(200);
    expect((await server.request('GET', '/apis', as)).status).toBe(200);
    const refused = await server.request('DELETE', '/api/v1/namespaces/default', as);
    expect(refused.status).toBe(403);
    expect(refused.json).toMatchObject({
      reason: 'Forbidden',
      details: { name: 'default', kind: 'namespaces' },
      message:
        'namespaces "default" is forbidden: User "reader" cannot delete resource "namespaces" in API group "" in the namespace "default"',
    });
  });

  it.each([
    ['a foreign host', { host: 'evil.example:443' }],
    ['a foreign origin', { origin: 'https://evil.example' }],
    ['an origin that hides', { origin: 'null' }],
  ])('is not a page that comes with %s', async (_title, headers) => {
    const { status, json } = await server.request('GET', '/healthz', { headers });

    expect({ status, reason: json.reason }).toEqual({ status: 403, reason: 'Forbidden' });
  });

  it('may call the server by any loopback name', async () => {
    for (const host of ['localhost', '127.0.0.1', '[::1]:6443', 'LOCALHOST:1']) {
      expect((await server.request('GET', '/healthz', { headers: { host } })).status, host).toBe(200);
    }
  });
});

interface CertificateAnswer {
  readonly status: number | undefined;
  readonly text: string;
  readonly session: Buffer | undefined;
  readonly resumed: boolean;
}

/** Posts a pod with a client certificate and nothing else, over a TLS session that may be an earlier one. */
async function withCertificate(cert: string, key: string, session?: Buffer): Promise<CertificateAnswer> {
  const socket = connect({
    host: '127.0.0.1',
    port: server.port,
    ca: server.caPem,
    cert,
    key,
    ...(session === undefined ? {} : { session }),
  });
  const ticket = once(socket, 'session') as Promise<[Buffer]>;
  await once(socket, 'secureConnect');
  const request = httpsRequest({
    createConnection: () => socket,
    method: 'POST',
    path: PODS,
    headers: { host: 'localhost' },
  });
  request.end('{}');
  const [response] = await once(request, 'response');
  let text = '';
  for await (const chunk of response) text += chunk;
  // A resumed connection brings no new ticket.
  const [kept] = session === undefined ? await ticket : [session];
  const resumed = socket.isSessionReused();
  socket.destroy();
  return { status: response.statusCode, text, session: kept, resumed };
}

describe('objects', () => {
  it('are created with defaults, and once only', async () => {
    const created = await server.request('POST', PODS, { body: aPod('first') });
    const again = await server.request('POST', PODS, { body: aPod('first') });

    expect(created.status).toBe(201);
    expect(created.json).toMatchObject({
      kind: 'Pod',
      apiVersion: 'v1',
      metadata: { name: 'first', namespace: 'default', generation: 1 },
      spec: { restartPolicy: 'Always', schedulerName: 'default-scheduler', priority: 0 },
      status: { phase: 'Pending', qosClass: 'BestEffort' },
    });
    expect(again.json).toMatchObject({
      code: 409,
      reason: 'AlreadyExists',
      message: 'pods "first" already exists',
    });
  });

  it('are refused with every fault at once', async () => {
    const { json } = await server.request('POST', PODS, {
      body: aPod('Bad_', {}, { restartPolicy: 'Sometimes', containers: [{ name: 'a' }] }),
    });

    expect(json).toMatchObject({ code: 422, reason: 'Invalid', details: { name: 'Bad_', kind: 'Pod' } });
    expect(json.details.causes.map((cause: { field: string }) => cause.field)).toEqual([
      'metadata.name',
      'spec.containers[0].image',
      'spec.restartPolicy',
    ]);
  });

  it('are refused for unknown and repeated fields when the client is strict, warned of otherwise', async () => {
    const body =
      '{"metadata":{"name":"x","name":"typo"},"spec":{"containers":[{"name":"a","image":"b","imag":"c"}]}}';

    const strict = await server.request('POST', `${PODS}?fieldValidation=Strict`, { body });
    const lax = await server.request('POST', `${PODS}?dryRun=All`, { body });
    const silent = await server.request('POST', `${PODS}?dryRun=All&fieldValidation=Ignore`, { body });

    expect(strict.json).toMatchObject({
      code: 400,
      message:
        'Pod in version "v1" cannot be handled as a Pod: strict decoding error: duplicate field "metadata.name", unknown field "spec.containers[0].imag"',
    });
    expect(lax.status).toBe(201);
    expect(lax.headers.warning).toContain('299 - "unknown field \\"spec.containers[0].imag\\""');
    expect(silent.headers.warning).toBeUndefined();
  });

  it('are warned of in ASCII, and not without end', async () => {
    const unknown = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`schlüssel${index}`, 1]));

    const { status, headers } = await server.request('POST', `${PODS}?dryRun=All`, {
      body: aPod('warned', {}, unknown),
    });

    expect(status).toBe(201);
    expect(headers.warning).toContain('299 - "unknown field \\"spec.schl\\u00fcssel0\\""');
    expect(String(headers.warning).length).toBeLessThan(4_096);
  });

  it('are taken as YAML too', async () => {
    const { status, json } = await server.request('POST', `${PODS}?dryRun=All`, {
      body: 'metadata: {name: written}\nspec:\n  containers:\n  - {name: a, image: "b:1"}\n',
      headers: { 'content-type': 'application/yaml' },
    });

    expect({ status, name: json.metadata.name }).toEqual({ status: 201, name: 'written' });
  });

  it('are not stored by a dry run', async () => {
    const { json } = await server.request('POST', `${PODS}?dryRun=All`, { body: aPod('dry') });

    expect(json.metadata.resourceVersion).toBeUndefined();
    expect((await server.request('GET', `${PODS}/dry`)).status).toBe(404);
  });

  it('are updated only in the version that the client knows', async () => {
    const { json: pod } = await server.request('POST', PODS, { body: aPod('versioned') });
    const change = { ...pod, metadata: { ...pod.metadata, labels: { a: 'b' } } };

    const first = await server.request('PUT', `${PODS}/versioned`, { body: change });
    const second = await server.request('PUT', `${PODS}/versioned`, { body: change });

    expect(first.status).toBe(200);
    expect(second.json).toMatchObject({
      code: 409,
      reason: 'Conflict',
      message:
        'Operation cannot be fulfilled on pods "versioned": the object has been modified; please apply your changes to the latest version and try again',
    });
  });

  it('keep their version when an update changes nothing', async () => {
    const { json: before } = await server.request('POST', PODS, { body: aPod('same', { a: 'b' }) });

    const { json: after } = await server.request('PATCH', `${PODS}/same`, {
      body: { metadata: { labels: { a: 'b' } } },
      headers: MERGE,
    });

    expect(after.metadata.resourceVersion).toBe(before.metadata.resourceVersion);
  });

  it('have a status that only its own path changes', async () => {
    await server.request('POST', PODS, { body: aPod('status') });
    const body = { spec: { nodeName: 'sneaky' }, status: { phase: 'Running' } };

    const main = await server.request('PATCH', `${PODS}/status`, {
      body: { status: body.status },
      headers: MERGE,
    });
    const status = await server.request('PATCH', `${PODS}/status/status`, { body, headers: MERGE });

    expect(main.json.status.phase).toBe('Pending');
    expect(status.json.status.phase).toBe('Running');
    expect(status.json.spec.nodeName).toBeUndefined();
  });

  it.each([
    ['application/apply-patch+yaml', '{}'],
    ['application/json', '{}'],
    ['', '{}'],
  ])('are not patched as %j', async (type, body) => {
    const { status } = await server.request('PATCH', `${PODS}/first`, {
      body,
      headers: { 'content-type': type },
    });

    expect(status).toBe(415);
  });

  it('are found only where they are', async () => {
    const statusOf = async (path: string) => (await server.request('GET', path)).status;

    expect(await statusOf('/api/v1/namespaces/default/pods/none')).toBe(404);
    expect(await statusOf('/api/v1/namespaces/default/nodes')).toBe(404);
    expect(await statusOf('/api/v1/pods/first')).toBe(404);
    expect(await statusOf('/api/v1/namespaces/nowhere/pods')).toBe(200);
    expect(await statusOf('/apis/none.io/v1/things')).toBe(404);
    expect((await server.request('POST', '/api/v1/pods', { body: aPod('x') })).status).toBe(405);
    expect((await server.request('PUT', PODS, { body: aPod('x') })).status).toBe(405);
    expect(await statusOf('//')).toBe(404);
    expect(await statusOf('/api/v1/namespaces/%zz/pods')).toBe(400);
  });

  it('need a namespace that exists', async () => {
    const { json } = await server.request('POST', '/api/v1/namespaces/nowhere/pods', { body: aPod('x') });

    expect(json).toMatchObject({ code: 404, message: 'namespaces "nowhere" not found' });
  });

  it('may not be larger than 3 MiB, however they are sent', async () => {
    const body = JSON.stringify(aPod('large', {}, { hostname: 'x'.repeat(3 * 1024 * 1024) }));

    const counted = await server.request('POST', PODS, {
      body,
      headers: { 'content-length': String(body.length) },
    });
    const chunked = await server.request('POST', PODS, { body, headers: { 'transfer-encoding': 'chunked' } });

    expect([counted.json.code, chunked.json.code]).toEqual([413, 413]);
  });
});

describe('deleting', () => {
  it('removes a pod that no node has at once', async () => {
    await server.request('POST', PODS, { body: aPod('unbound') });

    expect((await server.request('DELETE', `${PODS}/unbound`)).status).toBe(200);
    expect((await server.request('GET', `${PODS}/unbound`)).status).toBe(404);
  });

  it('gives a bound pod its time, which can be shortened, until the kubelet deletes it with none', async () => {
    await server.request('POST', PODS, { body: aPod('bound', {}, { nodeName: 'n' }) });

    const first = await server.request('DELETE', `${PODS}/bound`);
    const shorter = await server.request('DELETE', `${PODS}/bound`, { body: { gracePeriodSeconds: 5 } });
    const longer = await server.request('DELETE', `${PODS}/bound?gracePeriodSeconds=60`);
    const last = await server.request('DELETE', `${PODS}/bound`, { body: { gracePeriodSeconds: 0 } });

    const seconds = [first, shorter, longer, last].map(
      ({ json }) => json.metadata.deletionGracePeriodSeconds,
    );
    expect(seconds).toEqual([30, 5, 5, 0]);
    expect((await server.request('GET', `${PODS}/bound`)).status).toBe(404);
  });

  it('waits for finalizers', async () => {
    const body = { ...aPod('held'), metadata: { name: 'held', finalizers: ['example.com/hold'] } };
    await server.request('POST', PODS, { body });

    await server.request('DELETE', `${PODS}/held`);
    const held = await server.request('GET', `${PODS}/held`);
    await server.request('PATCH', `${PODS}/held`, {
      body: { metadata: { finalizers: null } },
      headers: MERGE,
    });

    expect(held.json.metadata.deletionTimestamp).toBeDefined();
    expect((await server.request('GET', `${PODS}/held`)).status).toBe(404);
  });

  it('can be bound to a UID', async () => {
    await server.request('POST', PODS, { body: aPod('once') });

    const { json } = await server.request('DELETE', `${PODS}/once`, {
      body: { preconditions: { uid: 'other' } },
    });

    expect(json).toMatchObject({ code: 409, reason: 'Conflict' });
    expect(json.message).toContain('the UID in the precondition (other) does not match');
  });

  it('removes a namespace with all that is in it', async () => {
    const pods = await aNamespace('doomed');
    await server.request('POST', pods, { body: aPod('a') });

    const { json } = await server.request('DELETE', '/api/v1/namespaces/doomed');

    expect(json.status.phase).toBe('Terminating');
    await expect
      .poll(async () => (await server.request('GET', '/api/v1/namespaces/doomed')).status)
      .toBe(404);
    expect((await server.request('GET', pods)).json.items).toEqual([]);
  });

  it('keeps a namespace until the last kubelet is done, and lets nothing new in', async () => {
    const pods = await aNamespace('leaving');
    await server.request('POST', pods, { body: aPod('slow', {}, { nodeName: 'n' }) });
    await server.request('DELETE', '/api/v1/namespaces/leaving');
    await expect
      .poll(async () => (await server.request('GET', `${pods}/slow`)).json.metadata.deletionTimestamp)
      .toBeDefined();

    const late = await server.request('POST', pods, { body: aPod('late') });
    await server.request('DELETE', `${pods}/slow?gracePeriodSeconds=0`);

    expect(late.json.message).toBe(
      'pods "late" is forbidden: unable to create new content in namespace leaving because it is being terminated',
    );
    await expect
      .poll(async () => (await server.request('GET', '/api/v1/namespaces/leaving')).status)
      .toBe(404);
  });

  it('spares the namespaces that every cluster has', async () => {
    const { json } = await server.request('DELETE', '/api/v1/namespaces/default');

    expect(json.message).toBe('namespaces "default" is forbidden: this namespace may not be deleted');
  });

  it('takes a whole collection, by selector', async () => {
    const pods = await aNamespace('swept');
    for (const [name, app] of [
      ['a', 'x'],
      ['b', 'x'],
      ['c', 'y'],
    ] as const) {
      await server.request('POST', pods, { body: aPod(name, { app }) });
    }

    const { json } = await server.request('DELETE', `${pods}?labelSelector=app%3Dx`);

    expect(json.items).toHaveLength(2);
    const left = await server.request('GET', pods);
    expect(left.json.items.map((pod: { metadata: { name: string } }) => pod.metadata.name)).toEqual(['c']);
  });
});

describe('binding', () => {
  it('gives a pod its node once', async () => {
    await server.request('POST', PODS, { body: aPod('to-bind') });
    const body = { metadata: { name: 'to-bind' }, target: { kind: 'Node', name: 'n1' } };

    const first = await server.request('POST', `${PODS}/to-bind/binding`, { body });
    const second = await server.request('POST', `${PODS}/to-bind/binding`, { body });
    const { json: pod } = await server.request('GET', `${PODS}/to-bind`);

    expect(first.json).toMatchObject({ status: 'Success', code: 201 });
    expect(second.json.message).toBe(
      'Operation cannot be fulfilled on pods/binding "to-bind": pod to-bind is already assigned to node "n1"',
    );
    expect(pod.spec.nodeName).toBe('n1');
    expect(pod.status.conditions).toMatchObject([{ type: 'PodScheduled', status: 'True' }]);
  });
});

describe('lists', () => {
  let pods = '';
  beforeAll(async () => {
    pods = await aNamespace('lists');
    for (const name of ['a', 'b', 'c', 'd']) {
      const spec = name === 'd' ? { nodeName: 'n1' } : {};
      await server.request('POST', pods, { body: aPod(name, { app: name < 'c' ? 'x' : 'y' }, spec) });
    }
  });
  const namesOf = (json: { items: readonly { metadata: { name: string } }[] }) =>
    json.items.map(({ metadata }) => metadata.name);
  const listed = async (query: string) => namesOf((await server.request('GET', `${pods}?${query}`)).json);

  it('select by labels and fields', async () => {
    expect(await listed('labelSelector=app+in+(x)')).toEqual(['a', 'b']);
    expect(await listed('labelSelector=app!=x')).toEqual(['c', 'd']);
    expect(await listed('fieldSelector=spec.nodeName%3Dn1')).toEqual(['d']);
    expect(await listed('fieldSelector=spec.nodeName%3D,metadata.name!%3Da')).toEqual(['b', 'c']);
    const unknown = await server.request('GET', `${pods}?fieldSelector=spec.nonsense%3Dx`);
    expect(unknown.json).toMatchObject({ code: 400, message: 'field label not supported: spec.nonsense' });
  });

  it('come in pages that all show the same moment', async () => {
    const first = (await server.request('GET', `${pods}?limit=2`)).json;
    await server.request('DELETE', `${pods}/c`);
    await server.request('POST', pods, { body: aPod('bb') });

    const second = (await server.request('GET', `${pods}?limit=2&continue=${first.metadata.continue}`)).json;
    await server.request('DELETE', `${pods}/bb`);
    await server.request('POST', pods, { body: aPod('c', { app: 'y' }) });

    expect(first.metadata.remainingItemCount).toBe(2);
    expect([...namesOf(first), ...namesOf(second)]).toEqual(['a', 'b', 'c', 'd']);
    expect(second.metadata.resourceVersion).toBe(first.metadata.resourceVersion);
    expect(second.metadata.continue).toBeUndefined();
  });

  it('do not count what selectors leave out', async () => {
    const { metadata } = (await server.request('GET', `${pods}?limit=1&labelSelector=app`)).json;

    expect(metadata.continue).toBeDefined();
    expect(metadata.remainingItemCount).toBeUndefined();
  });

  it('refuse tokens and versions that they cannot honour', async () => {
    const codeOf = async (query: string) => (await server.request('GET', `${pods}?${query}`)).json.code;

    expect(await codeOf('continue=garbage')).toBe(400);
    expect(await codeOf('resourceVersion=abc')).toBe(400);
    expect(await codeOf('resourceVersion=9999999999999999')).toBe(504);
    expect(await codeOf('resourceVersion=1&resourceVersionMatch=Exact')).toBe(410);
    expect(await codeOf('resourceVersionMatch=Exact')).toBe(422);
    expect(await codeOf('sendInitialEvents=true')).toBe(422);
    expect(await codeOf('limit=many')).toBe(400);
  });
});

describe('watches', () => {
  it('tell every change after a version, as the selector sees it', async () => {
    const pods = await aNamespace('watched');
    const { json: list } = await server.request('GET', pods);
    const watch = await openWatch(
      server,
      `${pods}?watch=1&labelSelector=app%3Dx&resourceVersion=${list.metadata.resourceVersion}`,
    );

    const label = (app: string) =>
      server.request('PATCH', `${pods}/a`, { body: { metadata: { labels: { app } } }, headers: MERGE });
    await server.request('POST', pods, { body: aPod('a', { app: 'y' }) });
    await label('x');
    await server.request('PATCH', `${pods}/a`, {
      body: { metadata: { annotations: { n: '1' } } },
      headers: MERGE,
    });
    await label('z');
    await label('x');
    await server.request('DELETE', `${pods}/a`);
    const lines = await watch.until(6);
    watch.close();

    expect(lines.map(({ type }) => type)).toEqual([
      'ADDED',
      'MODIFIED',
      'DELETED',
      'ADDED',
      'MODIFIED',
      'DELETED',
    ]);
    expect(lines[2]?.object.metadata.labels).toEqual({ app: 'x' });
    const versions = lines.map(({ object }) => Number(object.metadata.resourceVersion));
    expect([...versions].sort((a, b) => a - b)).toEqual(versions);
  });

  it('stream what is there first, and say where that ends', async () => {
    const pods = await aNamespace('streamed');
    for (const name of ['a', 'b']) await server.request('POST', pods, { body: aPod(name) });
    const watch = await openWatch(
      server,
      `${pods}?watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true`,
    );
    await watch.until(3);

    await server.request('POST', pods, { body: aPod('c') });
    const lines = await watch.until(4);
    watch.close();

    expect(lines.map(({ type }) => type)).toEqual(['ADDED', 'ADDED', 'BOOKMARK', 'ADDED']);
    expect(lines[2]?.object).toMatchObject({
      kind: 'Pod',
      metadata: { annotations: { 'k8s.io/initial-events-end': 'true' } },
    });
  });

  it('end with a bookmark when their time is over', async () => {
    const pods = await aNamespace('timed');

    const watch = await openWatch(
      server,
      `${pods}?watch=1&timeoutSeconds=1&allowWatchBookmarks=true&resourceVersion=0&sendInitialEvents=false&resourceVersionMatch=NotOlderThan`,
    );
    await watch.ended;

    expect(watch.lines).toMatchObject([{ type: 'BOOKMARK', object: { kind: 'Pod' } }]);
  });

  it('send the client back to listing when its version is gone, or of another run', async () => {
    for (const version of ['1', '9999999999999999']) {
      const watch = await openWatch(server, `${PODS}?watch=1&resourceVersion=${version}`);
      await watch.ended;

      expect(watch.lines).toMatchObject([{ type: 'ERROR', object: { code: 410, reason: 'Expired' } }]);
    }
  });

  it.each([
    ['sendInitialEvents=true&allowWatchBookmarks=true', 422],
    ['resourceVersionMatch=NotOlderThan', 422],
    ['sendInitialEvents=true&resourceVersionMatch=Exact', 422],
    ['resourceVersion=abc', 500],
    ['labelSelector=a+in', 400],
  ])('are refused for %s', async (query, status) => {
    expect((await server.request('GET', `${PODS}?watch=1&${query}`)).status).toBe(status);
  });

  it('come as tables, the columns only once', async () => {
    const pods = await aNamespace('tabled');
    for (const name of ['a', 'b']) await server.request('POST', pods, { body: aPod(name) });

    const watch = await openWatch(server, `${pods}?watch=1&timeoutSeconds=1`, {
      accept: 'application/json;as=Table;v=v1;g=meta.k8s.io',
    });
    await watch.ended;

    const tables = watch.lines.map(({ object }) => object);
    expect(tables.map(({ kind }) => kind)).toEqual(['Table', 'Table']);
    expect(tables[0]?.columnDefinitions).toHaveLength(9);
    expect(tables[1]?.columnDefinitions).toBeNull();
    expect(tables[1]?.rows[0]?.cells.slice(0, 4)).toEqual(['b', '0/1', 'Pending', '0']);
  });
});

describe('a client that does not read', () => {
  it('is told to list again when history has gone on without it', async () => {
    const small = await startLocalApiServer({ watchHistoryEvents: 50, logger: silentLogger });
    try {
      const large = { annotations: { filler: 'x'.repeat(200_000) } };
      await small.request('POST', PODS, { body: aPod('busy') });
      const socket = connect({ host: '127.0.0.1', port: small.port, ca: small.caPem });
      await once(socket, 'secureConnect');
      socket.write(
        `GET ${PODS}?watch=1&resourceVersion=0 HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${TOKENS.admin}\r\n\r\n`,
      );
      await once(socket, 'readable');

      for (let index = 0; index < 200; index += 1) {
        await small.request('PATCH', `${PODS}/busy`, {
          body: { metadata: { ...large, labels: { index: String(index) } } },
          headers: MERGE,
        });
      }
      let tail = '';
      socket.on('data', (chunk) => {
        tail = (tail + chunk).slice(-2_000);
      });
      socket.resume();

      await expect.poll(() => tail, { timeout: 10_000 }).toContain('"reason":"Expired"');
      expect(tail).toContain('"type":"ERROR"');
      socket.destroy();
    } finally {
      await small.stop();
    }
  });
});

describe('tables', () => {
  it('carry as much of the objects as was asked for', async () => {
    const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json';
    const table = async (query: string) =>
      (await server.request('GET', `${PODS}${query}`, { headers: { accept } })).json;
    await server.request('POST', PODS, { body: aPod('row') });

    const [none, metadata, object] = await Promise.all(
      ['None', 'Metadata', 'Object'].map((include) => table(`/row?includeObject=${include}`)),
    );

    expect(none?.rows[0]?.object).toBeNull();
    expect(metadata?.rows[0]?.object).toMatchObject({
      kind: 'PartialObjectMetadata',
      metadata: { name: 'row' },
    });
    expect(object?.rows[0]?.object).toMatchObject({ kind: 'Pod', spec: { restartPolicy: 'Always' } });
    expect((await table('?includeObject=Everything')).code).toBe(400);
  });

  it('are answered as plain JSON to clients that do not ask for them, and not at all as protobuf', async () => {
    const kindFor = async (accept: string) => {
      const { status, json } = await server.request('GET', PODS, { headers: { accept } });
      return `${status} ${json.kind}`;
    };

    expect(await kindFor('application/json')).toBe('200 PodList');
    expect(await kindFor('application/vnd.kubernetes.protobuf,application/json')).toBe('200 PodList');
    expect(await kindFor('application/vnd.kubernetes.protobuf')).toBe('406 Status');
    expect(await kindFor('text/html;q=0.9,*/*;q=0.1')).toBe('200 PodList');
    expect(await kindFor('application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io')).toBe(
      '200 PartialObjectMetadataList',
    );
  });
});

describe('documents', () => {
  it('say what is served, at once or step by step', async () => {
    const aggregated = await server.request('GET', '/api', {
      headers: {
        accept: 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json',
      },
    });
    const core = (await server.request('GET', '/api/v1')).json;
    const leases = (await server.request('GET', '/apis/coordination.k8s.io/v1')).json;

    expect(aggregated.headers['content-type']).toContain('as=APIGroupDiscoveryList');
    const resources = aggregated.json.items[0]?.versions[0]?.resources.map(
      (entry: { resource: string }) => entry.resource,
    );
    expect(resources).toEqual(['events', 'namespaces', 'nodes', 'pods']);
    expect(core.resources.map((entry: { name: string }) => entry.name)).toEqual([
      'events',
      'namespaces',
      'namespaces/status',
      'nodes',
      'nodes/status',
      'pods',
      'pods/binding',
      'pods/eviction',
      'pods/log',
      'pods/status',
    ]);
    expect(leases.resources[0]).toMatchObject({ name: 'leases', kind: 'Lease', namespaced: true });
  });

  it('are not sent again to clients that have them', async () => {
    const first = await server.request('GET', '/openapi/v3');
    const etag = String(first.headers.etag);

    const second = await server.request('GET', '/openapi/v3', { headers: { 'if-none-match': etag } });

    expect([second.status, second.text]).toEqual([304, '']);
  });

  it('describe every kind and what can be done with it', async () => {
    const index = (await server.request('GET', '/openapi/v3')).json;
    const core = (await server.request('GET', index.paths['api/v1']?.serverRelativeURL ?? '')).json;

    const pod = core.components.schemas['io.k8s.api.core.v1.Pod'];
    expect(pod?.['x-kubernetes-group-version-kind']).toEqual([{ group: '', kind: 'Pod', version: 'v1' }]);
    const patch = core.paths['/api/v1/namespaces/{namespace}/pods/{name}']?.patch;
    expect(patch?.parameters.map((parameter: { name: string }) => parameter.name)).toContain(
      'fieldValidation',
    );
    const containers = core.components.schemas['io.k8s.api.core.v1.PodSpec']?.properties.containers;
    expect(containers?.['x-kubernetes-patch-merge-key']).toBe('name');
  });

  it('name the version that clients may count on', async () => {
    expect((await server.request('GET', '/version')).json).toMatchObject({
      major: '1',
      minor: '34',
      gitVersion: 'v1.34.4-podium',
    });
  });
});

describe('what is not offered', () => {
  it.each(['exec', 'attach', 'portforward', 'proxy'])('%s is refused as such', async (subresource) => {
    const { json } = await server.request('POST', `${PODS}/first/${subresource}?command=ls`);

    expect(json).toMatchObject({ code: 501, message: `${subresource} is not offered by this API server` });
  });

  it('custom resources are an empty list, so that kubectl can name unknown kinds', async () => {
    const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

    expect((await server.request('GET', path)).json).toMatchObject({ items: [] });
    expect((await server.request('POST', path, { body: {} })).status).toBe(404);
  });
});

describe('stopping', () => {
  it('ends watches and kept connections, and takes no more', async () => {
    const other = await startLocalApiServer();
    const watch = await openWatch(other, '/api/v1/pods?watch=1');

    await other.stop();
    await watch.ended;

    await expect(other.request('GET', '/healthz')).rejects.toThrow('ECONNREFUSED');
  });

  it('is what a server does whose port is taken, with the reason', async () => {
    await expect(startLocalApiServer({ port: server.port })).rejects.toThrow(
      `port ${server.port} on 127.0.0.1 is taken by another program`,
    );
  });
});
