import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { aNode, aPod } from '../support/builders.js';
import { ADMIN, startTestManager, type TestManager } from '../support/test-manager.js';

let manager: TestManager;
let token: string;
beforeEach(async () => {
  manager = await startTestManager();
  token = await manager.login();
});
afterEach(() => manager.stop());

const web = { labelSelectors: [{ key: 'app', value: 'web' }] };

async function create(body: object): Promise<string> {
  const answer = await manager.call('POST', '/api/v1/strategies', body, token);
  expect(answer.status).toBe(200);
  return answer.body.data.id;
}

async function list() {
  const answer = await manager.call('GET', '/api/v1/strategies/self', undefined, token);
  return answer.body.data.strategies;
}

describe('strategies', () => {
  it('are created with both names of the id, and listed in both spellings', async () => {
    const answer = await manager.call(
      'POST',
      '/api/v1/strategies',
      {
        strategyNamespace: 'team',
        labelSelectors: [{ key: 'app', value: 'web' }, { key: 'tier' }],
        k8sNamespace: ['default'],
        commandRegex: 'nginx',
        priority: 3,
        executionTime: 5_000_000,
      },
      token,
    );

    const { id, strategyId } = answer.body.data;
    expect(id).toMatch(/^[0-9a-f]{24}$/);
    expect(strategyId).toBe(id);
    const labelSelectors = [
      { key: 'app', value: 'web', operator: 'In', values: ['web'] },
      { key: 'tier', operator: 'Exists', values: [] },
    ];
    expect(await list()).toEqual([
      expect.objectContaining({
        ID: id,
        StrategyNamespace: 'team',
        LabelSelectors: labelSelectors,
        K8sNamespace: ['default'],
        CommandRegex: 'nginx',
        Priority: 3,
        ExecutionTime: 5_000_000,
        id,
        strategyNamespace: 'team',
        labelSelectors,
        k8sNamespace: ['default'],
        commandRegex: 'nginx',
        priority: 3,
        executionTime: 5_000_000,
        enabled: true,
        matchedPods: 0,
      }),
    ]);
  });

  it('get the default priority when none is given or it is null', async () => {
    await create(web);
    await create({ ...web, priority: null });

    expect((await list()).map(({ Priority }: { Priority: number }) => Priority)).toEqual([10, 10]);
  });

  it('warn about priority 0', async () => {
    const answer = await manager.call('POST', '/api/v1/strategies', { ...web, priority: 0 }, token);

    expect(answer.body.data.warnings).toEqual([expect.stringContaining('priority 0')]);
  });

  it('take the aliases and any case of keys', async () => {
    await create({ LABELSELECTORS: [{ KEY: 'app', Value: 'web' }], k8sNamespaces: ['default'] });

    expect(await list()).toMatchObject([{ k8sNamespace: ['default'], labelSelectors: [{ key: 'app' }] }]);
  });

  it('take their own answer back, and change what it changes', async () => {
    await create({ ...web, name: 'front', expiresAt: '2030-01-01T00:00:00Z' });
    const [answer] = await list();

    const update = await manager.call(
      'PUT',
      '/api/v1/strategies',
      { ...answer, priority: 2, Priority: 2 },
      token,
    );

    expect(update.status).toBe(200);
    expect(await list()).toMatchObject([
      { ...answer, ...updatedFields, priority: 2, Priority: 2, revision: 2 },
    ]);
  });
  const updatedFields = { updatedTime: expect.any(Number) };

  it('are replaced whole: what an update leaves out gets its default', async () => {
    const strategyId = await create({ ...web, commandRegex: 'nginx', priority: 3 });

    await manager.call('PUT', '/api/v1/strategies', { strategyID: strategyId, ...web }, token);

    expect(await list()).toMatchObject([{ id: strategyId, commandRegex: '', priority: 10 }]);
  });

  it('can be read one by one and deleted once', async () => {
    const id = await create(web);

    expect((await manager.call('GET', `/api/v1/strategies/${id}`, undefined, token)).body.data.id).toBe(id);
    const gone = await manager.call('DELETE', '/api/v1/strategies', { strategyId: id }, token);
    expect(gone).toMatchObject({ status: 200, body: { success: true, data: {} } });
    expect((await manager.call('DELETE', '/api/v1/strategies', { strategyId: id }, token)).status).toBe(404);
    expect((await manager.call('GET', `/api/v1/strategies/${id}`, undefined, token)).status).toBe(404);
    expect(await list()).toEqual([]);
  });

  it('are read in pages', async () => {
    for (let index = 0; index < 5; index++) await create(web);

    const first = await manager.call('GET', '/api/v1/strategies/self?limit=3', undefined, token);
    const next = `/api/v1/strategies/self?limit=3&cursor=${first.body.data.nextCursor}`;
    const second = await manager.call('GET', next, undefined, token);

    expect([first, second].map(({ body }) => body.data.strategies.length)).toEqual([3, 2]);
    expect(second.body.data.nextCursor).toBeUndefined();
    expect((await manager.call('GET', '/api/v1/strategies/self?limit=0', undefined, token)).status).toBe(422);
  });

  it.each<[string, unknown, number]>([
    ['broken JSON', '{', 400],
    ['an empty body', '', 400],
    ['an array', '[]', 400],
    ['a priority that is a text', { ...web, priority: '1' }, 400],
    ['a fraction', '{"labelSelectors":[{"key":"a"}],"priority":1.5}', 400],
    ['an exponent', '{"labelSelectors":[{"key":"a"}],"executionTime":2e7}', 400],
    ['a namespace that is a text', { ...web, k8sNamespace: 'default' }, 400],
    ['selectors that are an object', { labelSelectors: { app: 'web' } }, 400],
    ['an unknown operator', { labelSelectors: [{ key: 'a', operator: 'Gt', values: ['1'] }] }, 400],
    ['a typo in a key', { ...web, prioirty: 1 }, 422],
    ['a typo in a selector', { labelSelectors: [{ key: 'a', vlaue: 'b' }] }, 422],
    ['a prototype key', '{"labelSelectors":[{"key":"a"}],"__proto__":{"allPods":true}}', 422],
    ['a regex that does not compile', { ...web, commandRegex: '(' }, 422],
    ['a priority out of range', { ...web, priority: 21 }, 422],
    ['a priority beyond a double', '{"labelSelectors":[{"key":"a"}],"priority":9223372036854775807}', 422],
    ['nothing to match by', {}, 422],
    ['a body over the limit', { ...web, description: 'x'.repeat(70_000) }, 413],
  ])('refuse %s, and keep what is there', async (_title, body, status) => {
    await create(web);

    const answer = await manager.call('POST', '/api/v1/strategies', body, token);

    expect(answer).toMatchObject({ status, body: { success: false, error: expect.any(String) } });
    expect(await list()).toHaveLength(1);
  });

  it('refuse bad ids', async () => {
    const put = (body: object) => manager.call('PUT', '/api/v1/strategies', body, token);

    expect(await put(web)).toMatchObject({ status: 400, body: { error: 'Strategy ID is required' } });
    expect((await put({ ...web, strategyId: 'zz' })).status).toBe(422);
    expect(await put({ ...web, strategyId: 'f'.repeat(24) })).toMatchObject({
      status: 404,
      body: { error: "strategy not found or you don't have permission to update it" },
    });
    expect((await manager.call('DELETE', '/api/v1/strategies', {}, token)).status).toBe(400);
    expect(
      (await manager.call('DELETE', '/api/v1/strategies', { strategyId: { $ne: '' } }, token)).status,
    ).toBe(400);
  });

  it('refuse a name their owner has used already', async () => {
    await create({ ...web, name: 'front' });

    const answer = await manager.call('POST', '/api/v1/strategies', { ...web, name: 'front' }, token);

    expect(answer).toMatchObject({ status: 409, body: { code: 'conflict' } });
  });
});

describe('intents', () => {
  const endpoint = { nodeName: 'node-1', origin: 'http://127.0.0.1:1', podUid: 'a' };

  async function intents() {
    return (await manager.call('GET', '/api/v1/intents/self', undefined, token)).body.data.intents;
  }

  it('follow from strategies and pods, are delivered, and go with the strategy', async () => {
    manager.cluster.podList.push(aPod());
    manager.cluster.agentMap.set('node-1', endpoint);
    const strategyId = await create({ ...web, priority: 3 });

    await vi.waitFor(async () =>
      expect(await intents()).toMatchObject([
        {
          StrategyID: strategyId,
          PodName: 'web-1',
          NodeID: 'node-1',
          K8sNamespace: 'default',
          Priority: 3,
          PodLabels: { app: 'web' },
          State: 2,
          state: 2,
          status: 'Applied',
        },
      ]),
    );
    expect(manager.decisionMaker.held?.intents).toHaveLength(1);
    expect(await list()).toMatchObject([{ matchedPods: 1 }]);

    await manager.call('DELETE', '/api/v1/strategies', { strategyId }, token);
    await vi.waitFor(() => expect(manager.decisionMaker.held?.intents).toEqual([]));
    expect(await intents()).toEqual([]);
  });

  it('never reach a node without the intents of other strategies', async () => {
    manager.cluster.podList.push(aPod());
    manager.cluster.agentMap.set('node-1', endpoint);
    const kept = await create(web);
    await vi.waitFor(() => expect(manager.decisionMaker.held?.intents).toHaveLength(1));

    const other = await create({ ...web, priority: 1 });
    await manager.call('PUT', '/api/v1/strategies', { strategyId: other, ...web, priority: 2 }, token);
    await manager.call('DELETE', '/api/v1/strategies', { strategyId: other }, token);
    await vi.waitFor(async () => expect(await list()).toHaveLength(1));
    await vi.waitFor(() => expect(manager.decisionMaker.held?.intents).toHaveLength(1));

    for (const set of manager.decisionMaker.received.slice(1)) {
      expect(set.intents.map(({ strategyID }) => strategyID)).toContain(kept);
    }
  });

  it('say why they are not delivered', async () => {
    manager.cluster.podList.push(aPod());
    await create(web);

    await vi.waitFor(async () =>
      expect(await intents()).toMatchObject([
        { status: 'Failed', State: 1, reason: 'no decision maker is ready on the node' },
      ]),
    );
  });

  it('are gone at once when the owner loses the right', async () => {
    manager.cluster.podList.push(aPod());
    manager.cluster.agentMap.set('node-1', endpoint);
    await create(web);
    await vi.waitFor(() => expect(manager.decisionMaker.held?.intents).toHaveLength(1));

    await manager.changeUser(ADMIN.username, { roles: [] });
    manager.cluster.changed();

    await vi.waitFor(() => expect(manager.decisionMaker.held?.intents).toEqual([]));
  });

  it('expire by time alone', async () => {
    manager.cluster.podList.push(aPod());
    manager.cluster.agentMap.set('node-1', endpoint);
    const expiresAt = new Date(Date.now() + 1_500).toISOString();
    await create({ ...web, expiresAt });
    await vi.waitFor(() => expect(manager.decisionMaker.held?.intents).toHaveLength(1));

    await vi.waitFor(() => expect(manager.decisionMaker.held?.intents).toEqual([]), { timeout: 5_000 });
  });
});

describe('nodes', () => {
  it('tell their status and their delivery', async () => {
    manager.cluster.nodeList.push(aNode({ name: 'node-2', status: 'NotReady' }), aNode({ name: 'node-1' }));
    manager.cluster.agentMap.set('node-1', { nodeName: 'node-1', origin: 'http://x', podUid: 'a' });
    manager.cluster.changed();

    await vi.waitFor(async () => {
      const { body } = await manager.call('GET', '/api/v1/nodes', undefined, token);
      expect(body.data.nodes).toMatchObject([
        { name: 'node-1', status: 'Ready', delivery: { state: 'Applied', acknowledged: { epoch: 1 } } },
        { name: 'node-2', status: 'NotReady', delivery: { state: 'NoAgent' } },
      ]);
    });
  });

  it('answer 404 for a node that does not exist and 503 where no agent is', async () => {
    manager.cluster.nodeList.push(aNode());
    const pids = (name: string) => manager.call('GET', `/api/v1/nodes/${name}/pods/pids`, undefined, token);

    expect((await pids('zzz')).status).toBe(404);
    expect((await pids('node-1')).status).toBe(503);
    expect((await pids('node%2D1')).status).toBe(503);
  });
});
