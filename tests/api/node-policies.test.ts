import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { TOKENS } from '../../manager/app/tokens.js';
import type { Grant, PermissionKey } from '../../manager/domain/permission.js';
import { aGrant, aNode, aNodePolicy, aUser } from '../support/builders.js';
import { ADMIN, startTestManager, type TestManager } from '../support/test-manager.js';

const POLICIES = '/api/v1/node-scheduling-policies';
const INTENTS = '/api/v1/node-scheduling-intents';
const nginx = { nodeNames: ['node-1'], commandRegex: 'nginx' };

let manager: TestManager;
let token: string;
beforeEach(async () => {
  manager = await startTestManager();
  token = await manager.login();
});
afterEach(() => manager.stop());

function call(method: string, url: string, body?: unknown, as = token) {
  return manager.call(method, url, body, as);
}

async function create(body: object = nginx, as = token): Promise<string> {
  const answer = await call('POST', POLICIES, body, as);
  expect(answer).toMatchObject({ status: 200 });
  return answer.body.data.policyId;
}

async function list() {
  return (await call('GET', `${POLICIES}/self`)).body.data.policies;
}

async function intents() {
  return (await call('GET', `${INTENTS}/self`)).body.data.intents;
}

function placeNode(name: string, labels: Readonly<Record<string, string>> = {}): void {
  manager.cluster.nodeList.push(aNode({ name, labels }));
  manager.cluster.agentMap.set(name, { nodeName: name, origin: 'http://127.0.0.1:1', podUid: name });
  manager.cluster.changed();
}

/** A caller with one role of these grants. */
async function signedIn(name: string, ...grants: Partial<Grant>[]): Promise<string> {
  const roles = manager.container.get(TOKENS.roleStore);
  const users = manager.container.get(TOKENS.userStore);
  const times = { createdTime: 1, updatedTime: 1, revision: 1 };
  const id = name.padEnd(24, '0');
  await roles.insert({ id, name, description: '', grants: grants.map((grant) => aGrant(grant)), ...times });
  const { passwordHash } = (await users.byUsername(ADMIN.username)) ?? aUser();
  await users.insert(aUser({ id, username: `${name}@example.com`, passwordHash, roles: [name] }));
  const credentials = { username: `${name}@example.com`, password: ADMIN.password };
  return (await manager.call('POST', '/api/v1/auth/login', credentials)).body.data.token;
}

const VERBS = ['create', 'read', 'update', 'delete'] as const;
const ALL_KEYS = VERBS.map((verb): PermissionKey => `node_scheduling_policy.${verb}`);

async function actions() {
  const log = manager.container.get(TOKENS.auditLog);
  const entries = await log.find({ username: ADMIN.username, outcome: 'done' }, 50);
  return entries.filter(({ action }) => /node_policy|intent/.test(action)).toReversed();
}

describe('node policies', () => {
  it('are created with both names of the id, and listed as the public API lists them', async () => {
    placeNode('node-1', { zone: 'z1' });
    const answer = await call('POST', POLICIES, {
      nodeSelectors: [{ key: 'zone', value: 'z1' }],
      commandRegex: 'postgres',
      priority: 1,
    });

    const { id, policyId } = answer.body.data;
    expect(id).toMatch(/^[0-9a-f]{24}$/);
    expect(policyId).toBe(id);
    await vi.waitFor(async () =>
      expect(await list()).toEqual([
        {
          id,
          nodeSelectors: [{ key: 'zone', value: 'z1', operator: 'In', values: ['z1'] }],
          commandRegex: 'postgres',
          priority: 1,
          ownerId: expect.any(String),
          createdTime: expect.any(Number),
          updatedTime: expect.any(Number),
          revision: 1,
          matchedNodes: 1,
        },
      ]),
    );
  });

  it('wait for nodes that are not there yet', async () => {
    await create();
    expect(await list()).toMatchObject([{ matchedNodes: 0 }]);

    placeNode('node-1');

    await vi.waitFor(async () => expect(await intents()).toMatchObject([{ status: 'Applied' }]));
  });

  it('take their own answer back, any case of keys, and both spellings of the id', async () => {
    const policyId = await create({ NODENAMES: ['node-1'], CommandRegex: 'nginx', priority: 0 });
    const [answer] = await list();

    const update = await call('PUT', POLICIES, { ...answer, priority: 2 });

    expect(update).toMatchObject({ status: 200, body: { data: { id: policyId, policyId, revision: 2 } } });
    expect(await list()).toMatchObject([{ id: policyId, nodeNames: ['node-1'], priority: 2, revision: 2 }]);
    expect((await call('DELETE', POLICIES, { policyID: policyId })).body).toMatchObject({ data: {} });
    expect(await list()).toEqual([]);
  });

  it('are replaced whole, and change what the nodes hold', async () => {
    placeNode('node-1');
    const policyId = await create({ ...nginx, priority: 3, executionTime: 1_000_000 });
    await vi.waitFor(() => expect(manager.decisionMaker.nodeIntents.get('node-1')).toHaveLength(1));

    await call('PUT', POLICIES, { policyId, nodeNames: ['node-1'], commandRegex: '^redis' });

    await vi.waitFor(() =>
      expect(manager.decisionMaker.nodeIntents.get('node-1')).toEqual([
        { policyID: policyId, nodeID: 'node-1', commandRegex: '^redis', priority: 10, executionTime: 0 },
      ]),
    );
    await call('DELETE', POLICIES, { policyId });
    await vi.waitFor(() => expect(manager.decisionMaker.nodeIntents.get('node-1')).toEqual([]));
  });

  it('can be read one by one, with the tag that an update takes', async () => {
    const policyId = await create();
    const request = (method: string, ifMatch?: string, body?: object) =>
      manager.api.request(method === 'GET' ? `${POLICIES}/${policyId}` : POLICIES, {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          ...(ifMatch === undefined ? {} : { 'if-match': ifMatch }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify({ policyId, ...nginx, ...body }) }),
      });
    const tag = (await request('GET')).headers.get('etag') ?? '';
    expect(tag).toBe('"1"');

    const first = await request('PUT', tag, { priority: 3 });
    const second = await request('PUT', tag, { priority: 4 });
    const third = await request('PUT', undefined, { priority: 5, revision: 1 });

    expect([first.status, first.headers.get('etag')]).toEqual([200, '"2"']);
    expect([second.status, ((await second.json()) as { data: unknown }).data]).toEqual([
      409,
      { revision: 2 },
    ]);
    expect(third.status).toBe(409);
    expect(await list()).toMatchObject([{ priority: 3, revision: 2 }]);
  });

  it('lose no update when many are made at once', async () => {
    const policyId = await create();

    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, at) => call('PUT', POLICIES, { policyId, ...nginx, priority: at % 20 })),
    );

    const done = answers.filter(({ status }) => status === 200).length;
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(50 - done);
    expect(await list()).toMatchObject([{ revision: 1 + done }]);
  });

  it.each<[string, unknown, number, RegExp]>([
    ['broken JSON', '{', 400, /^Invalid request body$/],
    ['an empty body', '', 400, /^Invalid request body$/],
    ['an array', '[]', 400, /^Invalid request body$/],
    ['names that are a text', { ...nginx, nodeNames: 'node-1' }, 400, /^Invalid request body$/],
    ['a priority that is a text', { ...nginx, priority: '1' }, 400, /^Invalid request body$/],
    ['devices that are a text', { ...nginx, draSelectors: 'gpu' }, 400, /^Invalid request body$/],
    ['a key that nobody knows', { ...nginx, namespace: 'x' }, 422, /namespace: is not a known key/],
    ['a typo in a selector', { ...nginx, nodeSelectors: [{ key: 'a', vlaue: 'b' }] }, 422, /vlaue/],
    ['a prototype key', '{"nodeNames":["a"],"commandRegex":"x","__proto__":{}}', 422, /__proto__/],
    ['devices', { ...nginx, draSelectors: [{ deviceClass: 'gpu' }] }, 422, /draSelectors: must be empty/],
    ['no command', { nodeNames: ['node-1'] }, 422, /commandRegex: must not be empty/],
    ['no nodes', { commandRegex: 'x' }, 422, /nodeSelectors: must choose nodes/],
    ['a regex that does not compile', { ...nginx, commandRegex: '(' }, 422, /RE2/],
    ['a priority out of range', { ...nginx, priority: 21 }, 422, /priority/],
  ])('refuse %s', async (_title, body, status, text) => {
    const answer = await call('POST', POLICIES, body);

    expect(answer).toMatchObject({ status, body: { success: false, error: expect.stringMatching(text) } });
    expect(await list()).toEqual([]);
  });

  it('refuse bad ids with the public texts', async () => {
    const unknown = 'f'.repeat(24);

    expect(await call('PUT', POLICIES, nginx)).toMatchObject({
      status: 400,
      body: { error: 'Policy ID is required' },
    });
    expect(await call('PUT', POLICIES, { ...nginx, policyId: unknown })).toMatchObject({
      status: 404,
      body: { error: "node policy not found or you don't have permission to update it" },
    });
    expect(await call('DELETE', POLICIES, { policyId: unknown })).toMatchObject({
      status: 404,
      body: { error: "node policy not found or you don't have permission to delete it" },
    });
    expect((await call('DELETE', POLICIES, {})).status).toBe(400);
    expect((await call('DELETE', POLICIES, { policyId: { $ne: '' } })).status).toBe(400);
    expect((await call('PUT', POLICIES, { ...nginx, policyId: 'zz' })).status).toBe(422);
    expect((await call('GET', `${POLICIES}/zz`)).status).toBe(422);
    expect((await call('GET', `${POLICIES}/${unknown}`)).status).toBe(404);
  });

  it('are read in pages', async () => {
    for (let count = 0; count < 5; count++) await create();

    const first = await call('GET', `${POLICIES}/self?limit=3`);
    const second = await call('GET', `${POLICIES}/self?limit=3&cursor=${first.body.data.nextCursor}`);

    expect([first, second].map(({ body }) => body.data.policies.length)).toEqual([3, 2]);
  });

  it('end at a number for each owner', async () => {
    const policies = manager.container.get(TOKENS.nodePolicyStore);
    await create();
    const [{ ownerId }] = await list();
    for (let count = 1; count < 500; count++) {
      await policies.insert(aNodePolicy({ id: String(count).padStart(24, '0'), ownerId }));
    }

    const answer = await call('POST', POLICIES, nginx);

    expect(answer).toMatchObject({ status: 409, body: { error: expect.stringContaining('at most 500') } });
  });

  it('are told to the audit log, with what they were and are', async () => {
    const policyId = await create();
    await call('PUT', POLICIES, { policyId, ...nginx, priority: 4 });
    await call('DELETE', POLICIES, { policyId });

    const target = { kind: 'node_policy', id: policyId };
    expect(await actions()).toMatchObject([
      { action: 'node_policy.create', target, after: { priority: 10 } },
      { action: 'node_policy.update', target, before: { priority: 10 }, after: { priority: 4 } },
      { action: 'node_policy.delete', target, before: { priority: 4 } },
    ]);
  });
});

describe('the rights to node policies', () => {
  it('are not had by somebody whose grants are limited to namespaces', async () => {
    const limits: Partial<Grant>[] = ALL_KEYS.map((permissionKey) => ({
      permissionKey,
      k8sNamespaces: ['web'],
    }));
    const tenant = await signedIn('abc', ...limits);

    const answer = await call('POST', POLICIES, nginx, tenant);

    expect(answer).toMatchObject({
      status: 403,
      body: { error: expect.stringContaining('limited to namespaces') },
    });
  });

  it('end at the strongest priority of the grants', async () => {
    const weak = await signedIn(
      'abc',
      ...ALL_KEYS.map((permissionKey) => ({ permissionKey, strongestPriority: 8 })),
    );

    expect((await call('POST', POLICIES, { ...nginx, priority: 7 }, weak)).status).toBe(403);
    const policyId = await create({ ...nginx, priority: 8 }, weak);
    expect((await call('PUT', POLICIES, { ...nginx, policyId, priority: 7 }, weak)).status).toBe(403);
  });

  it('end at once when the role is narrowed, on the nodes too', async () => {
    placeNode('node-1');
    await create();
    await vi.waitFor(() => expect(manager.decisionMaker.nodeIntents.get('node-1')).toHaveLength(1));
    await manager.changeUser(ADMIN.username, { roles: [] });

    manager.cluster.changed();

    await vi.waitFor(() => expect(manager.decisionMaker.nodeIntents.get('node-1')).toEqual([]));
  });

  it("reach other people's policies only with the right to see everybody's", async () => {
    const policyId = await create();
    const neighbour = await signedIn('abc', ...ALL_KEYS.map((permissionKey) => ({ permissionKey })));
    const reader = await signedIn(
      'def',
      { permissionKey: 'strategy.read_all' },
      { permissionKey: 'node_scheduling_policy.read' },
      { permissionKey: 'node_scheduling_policy.update', ownOnly: true },
    );
    const limited = await signedIn(
      'fed',
      { permissionKey: 'strategy.read_all', k8sNamespaces: ['web'] },
      { permissionKey: 'node_scheduling_policy.read' },
    );

    for (const other of [neighbour, limited]) {
      expect((await call('GET', `${POLICIES}/${policyId}`, undefined, other)).status).toBe(404);
    }
    expect((await call('PUT', POLICIES, { policyId, ...nginx }, neighbour)).status).toBe(404);
    expect((await call('DELETE', POLICIES, { policyId }, neighbour)).status).toBe(404);
    expect((await call('GET', POLICIES, undefined, neighbour)).status).toBe(403);
    expect((await call('GET', `${POLICIES}/${policyId}`, undefined, reader)).status).toBe(200);
    expect((await call('PUT', POLICIES, { policyId, ...nginx }, reader)).status).toBe(404);
    const all = async (as: string) => (await call('GET', POLICIES, undefined, as)).body.data.policies;
    expect(await all(reader)).toMatchObject([{ id: policyId }]);
    expect(await all(limited)).toEqual([]);
    expect(await all(token)).toHaveLength(1);
  });
});

describe('node intents', () => {
  it('are listed as the public API lists them, with how far they are', async () => {
    placeNode('node-1');
    manager.cluster.nodeList.push(aNode({ name: 'node-2' }));
    const policyId = await create({ ...nginx, nodeNames: ['node-1', 'node-2'], priority: 3 });

    await vi.waitFor(async () => {
      const [first, second] = await intents();
      expect(first).toEqual({
        id: expect.stringMatching(/^[0-9a-f]{24}$/),
        policyId,
        nodeId: 'node-1',
        commandRegex: 'nginx',
        priority: 3,
        state: 2,
        status: 'Applied',
      });
      expect(second).toMatchObject({ nodeId: 'node-2', status: 'Failed', reason: expect.any(String) });
    });
  });

  it('say that an agent is too old, and the node says so', async () => {
    manager.decisionMaker.knowsNodeIntents = false;
    placeNode('node-1');
    await create();

    await vi.waitFor(async () =>
      expect(await intents()).toMatchObject([
        { state: 1, status: 'Failed', reason: expect.stringContaining('agent too old') },
      ]),
    );
    const { nodes } = (await call('GET', '/api/v1/nodes')).body.data;
    expect(nodes).toMatchObject([
      { name: 'node-1', delivery: { state: 'Applied', nodeIntents: { state: 'Unsupported', intents: 1 } } },
    ]);
  });

  it('can be taken away, which stays so, and come back when that is lifted', async () => {
    placeNode('node-1');
    placeNode('node-2');
    const policyId = await create({ ...nginx, nodeNames: ['node-1', 'node-2'] });
    await vi.waitFor(async () => expect(await intents()).toHaveLength(2));
    const { id } = (await intents()).find(({ nodeId }: { nodeId: string }) => nodeId === 'node-1');

    const answer = await call('DELETE', INTENTS, { intentIds: [id] });

    expect(answer).toMatchObject({ status: 200, body: { success: true, data: {} } });
    expect(await intents()).toMatchObject([{ nodeId: 'node-2' }]);
    await vi.waitFor(() => expect(manager.decisionMaker.nodeIntents.get('node-1')).toEqual([]));
    expect(manager.decisionMaker.nodeIntents.get('node-2')).toHaveLength(1);
    expect((await actions()).at(-1)).toMatchObject({
      action: 'intent.exclude',
      target: { kind: 'node_intent', id, name: 'node-1' },
      after: { policyId, nodeName: 'node-1' },
    });

    await manager.container.get(TOKENS.exclusionStore).remove([id]);
    manager.cluster.changed();
    await vi.waitFor(async () => expect(await intents()).toHaveLength(2));
  });

  it('are taken away all or none', async () => {
    placeNode('node-1');
    await create();
    await vi.waitFor(async () => expect(await intents()).toHaveLength(1));
    const [{ id }] = await intents();
    const stranger = await signedIn('abc', { permissionKey: 'node_scheduling_intent.delete' });
    const text = "one or more node intents not found or you don't have permission to delete them";

    expect(await call('DELETE', INTENTS, { intentIds: [id, 'f'.repeat(24)] })).toMatchObject({
      status: 404,
      body: { error: text },
    });
    expect((await call('DELETE', INTENTS, { intentIds: [id] }, stranger)).status).toBe(404);
    expect((await call('DELETE', INTENTS, { intentIds: [] })).status).toBe(400);
    expect((await call('DELETE', INTENTS, { intentIds: ['zz'] })).status).toBe(422);
    expect((await call('DELETE', INTENTS, '{')).status).toBe(400);
    expect(await intents()).toHaveLength(1);
  });

  it('lose their exclusion with the policy', async () => {
    placeNode('node-1');
    const policyId = await create();
    await vi.waitFor(async () => expect(await intents()).toHaveLength(1));
    await call('DELETE', INTENTS, { intentIds: [(await intents())[0].id] });
    const exclusions = manager.container.get(TOKENS.exclusionStore);
    expect(await exclusions.all()).toMatchObject([{ kind: 'node', sourceId: policyId, targetId: 'node-1' }]);

    await call('DELETE', POLICIES, { policyId });

    expect(await exclusions.all()).toEqual([]);
  });
});
