import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TOKENS } from '../../manager/app/tokens.js';
import { grantsFor, signInWith } from '../support/test-accounts.js';
import { startTestManager, type TestManager } from '../support/test-manager.js';

const web = { name: 'front', labelSelectors: [{ key: 'app', value: 'web' }] };

let manager: TestManager;
let token: string;
beforeEach(async () => {
  manager = await startTestManager();
  token = await manager.login();
});
afterEach(() => manager.stop());

const post = (key: string, body: object = web, by = token) =>
  manager.request('POST', '/api/v1/strategies', { body, token: by, headers: { 'idempotency-key': key } });

async function own(by = token): Promise<{ id: string; revision: number }[]> {
  return (await manager.call('GET', '/api/v1/strategies/self', undefined, by)).body.data.strategies;
}

async function audited(): Promise<unknown[]> {
  const { body } = await manager.call('GET', '/api/v1/audit?action=strategy.create', undefined, token);
  return body.data.entries;
}

describe('a request with an Idempotency-Key', () => {
  it('makes one strategy however often it is sent, and is answered the same', async () => {
    const first = await post('key-1', { ...web, priority: 0 });
    const second = await post('key-1', { ...web, priority: 0 });

    expect(first.status).toBe(200);
    expect(second.body.data).toEqual(first.body.data);
    expect(first.headers.get('idempotency-replayed')).toBeNull();
    expect(second.headers.get('idempotency-replayed')).toBe('true');
    expect(await own()).toHaveLength(1);
    expect(await audited()).toHaveLength(1);
  });

  it('is the same with quotes around the key and keys of the body in another order or case', async () => {
    const first = await post('key-1');
    const second = await post('"key-1"', { LABELSELECTORS: web.labelSelectors, Name: 'front' });

    expect(second.body.data).toEqual(first.body.data);
    expect(second.headers.get('idempotency-replayed')).toBe('true');
  });

  it('is refused with another body', async () => {
    await post('key-1');

    expect(await post('key-1', { ...web, priority: 1 })).toMatchObject({
      status: 422,
      body: { code: 'invalid', details: [{ field: 'Idempotency-Key' }] },
    });
  });

  it("is somebody else's where another user sends it", async () => {
    const ann = await signInWith(
      manager,
      'ann',
      grantsFor(['schedule_strategy.create', 'schedule_strategy.read']),
    );
    const mine = await post('key-1');
    const hers = await post('key-1', web, ann.token);

    expect(hers.headers.get('idempotency-replayed')).toBeNull();
    expect(hers.body.data.id).not.toBe(mine.body.data.id);
  });

  it.each(['', 'with blanks', 'x'.repeat(256), 'umläut', '""'])('is refused with the key %j', async (key) => {
    expect(await post(key)).toMatchObject({ status: 400, body: { code: 'malformed' } });
    expect(await own()).toEqual([]);
  });

  it('waits for nobody: while the first is at work the second is told when to come again', async () => {
    const answers = await Promise.all(Array.from({ length: 100 }, () => post('key-1')));

    const statuses = new Set(answers.map(({ status }) => status));
    expect([...statuses].every((status) => status === 200 || status === 409)).toBe(true);
    for (const { status, headers } of answers) {
      if (status === 409) expect(headers.get('retry-after')).toBe('1');
    }
    expect(await own()).toHaveLength(1);
    expect((await post('key-1')).status).toBe(200);
  });

  it('that was refused can be sent again with the same key', async () => {
    expect((await post('key-1', { ...web, priority: 21 })).status).toBe(422);
    expect((await post('key-1')).status).toBe(200);
    expect((await post('key-2')).status).toBe(409);
    await manager.call('DELETE', '/api/v1/strategies', { strategyId: (await own())[0]?.id }, token);
    expect((await post('key-2')).status).toBe(200);
  });

  it('that was broken off behind the insert is completed, not made again', async () => {
    const store = manager.container.get(TOKENS.strategyStore);
    const insert = store.insert.bind(store);
    store.insert = async (strategy) => {
      await insert(strategy);
      throw new Error('killed');
    };
    expect((await post('key-1')).status).toBe(500);
    store.insert = insert;

    const again = await post('key-1');

    expect(again.status).toBe(200);
    expect(await own()).toMatchObject([{ id: again.body.data.id, revision: 1 }]);
    expect(await audited()).toHaveLength(1);
    expect((await post('key-1')).headers.get('idempotency-replayed')).toBe('true');
  });

  it('that was broken off before the insert is made', async () => {
    const store = manager.container.get(TOKENS.strategyStore);
    const insert = store.insert.bind(store);
    store.insert = () => Promise.reject(new Error('killed'));
    expect((await post('key-1')).status).toBe(500);
    store.insert = insert;

    expect((await post('key-1')).status).toBe(200);
    expect(await own()).toHaveLength(1);
  });

  it('that was broken off before its answer was kept is answered with the same strategy', async () => {
    const store = manager.container.get(TOKENS.idempotencyStore);
    const complete = store.complete.bind(store);
    store.complete = () => Promise.reject(new Error('killed'));
    expect((await post('key-1')).status).toBe(500);
    store.complete = complete;

    const again = await post('key-1');

    expect(await own()).toMatchObject([{ id: again.body.data.id }]);
  });

  it('is forgotten when its time is over', async () => {
    await post('key-1', { ...web, name: '' });
    const late = "json_set(document, '$.expiresTime', 1)";
    await manager.sql({ sql: `UPDATE idempotent_answers SET document = ${late}`, values: [] });

    expect((await post('key-1', { ...web, name: '' })).headers.get('idempotency-replayed')).toBeNull();
    expect(await own()).toHaveLength(2);
    await manager.sql({ sql: `UPDATE idempotent_answers SET document = ${late}`, values: [] });
    await manager.container.get(TOKENS.keptAnswers).sweep();
    const left = await manager.sql({ sql: 'SELECT id FROM idempotent_answers', values: [] });
    expect(left).toMatchObject({ kind: 'done', result: { rows: [] } });
  });
});

describe('a node policy with an Idempotency-Key', () => {
  it('is made once, also when the first request was broken off behind the insert', async () => {
    const send = () =>
      manager.request('POST', '/api/v1/node-scheduling-policies', {
        body: { nodeNames: ['node-1'], commandRegex: 'nginx' },
        token,
        headers: { 'idempotency-key': 'key-1' },
      });
    const store = manager.container.get(TOKENS.nodePolicyStore);
    const insert = store.insert.bind(store);
    store.insert = async (policy) => {
      await insert(policy);
      throw new Error('killed');
    };
    expect((await send()).status).toBe(500);
    store.insert = insert;

    const [second, third] = [await send(), await send()];

    expect(second.status).toBe(200);
    expect(third.body.data).toEqual(second.body.data);
    expect(third.headers.get('idempotency-replayed')).toBe('true');
    expect(await store.all()).toMatchObject([{ id: second.body.data.id }]);
  });
});

describe('a request without one', () => {
  it('makes something each time', async () => {
    const body = { ...web, name: '' };
    for (let times = 0; times < 3; times++) await manager.call('POST', '/api/v1/strategies', body, token);

    expect(await own()).toHaveLength(3);
  });
});
