import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PermissionKey } from '../../manager/domain/permission.js';
import { grantsFor, signInWith, type TestAccount } from '../support/test-accounts.js';
import { startTestManager, type TestManager } from '../support/test-manager.js';

const web = { labelSelectors: [{ key: 'app', value: 'web' }], k8sNamespace: ['default'] };
const OWN_KEYS: PermissionKey[] = [
  'schedule_strategy.create',
  'schedule_strategy.read',
  'schedule_strategy.update',
  'schedule_strategy.delete',
];
const ALL_KEYS: PermissionKey[] = [...OWN_KEYS, 'strategy.read_all'];

let manager: TestManager;
let admin: string;
let ann: TestAccount;
let annId: string;
beforeEach(async () => {
  manager = await startTestManager();
  admin = await manager.login();
  ann = await signInWith(manager, 'ann', grantsFor(OWN_KEYS, { ownOnly: true }));
  annId = await create(ann.token, { ...web, name: 'front', strategyNamespace: 'team-a', priority: 4 });
});
afterEach(() => manager.stop());

async function create(token: string, body: object): Promise<string> {
  const answer = await manager.call('POST', '/api/v1/strategies', body, token);
  expect(answer).toMatchObject({ status: 200 });
  return answer.body.data.id;
}

const get = (token: string, id: string) => manager.request('GET', `/api/v1/strategies/${id}`, { token });
const put = (token: string, body: object, headers: Record<string, string> = {}) =>
  manager.request('PUT', '/api/v1/strategies', { token, body, headers });
const remove = (token: string, strategyId: string) =>
  manager.request('DELETE', '/api/v1/strategies', { token, body: { strategyId } });
const list = async (token: string, query = '') =>
  manager.request('GET', `/api/v1/strategies${query}`, { token });

describe('strategies of others', () => {
  it('are listed, read, changed and deleted by whoever holds the rights for all of them', async () => {
    const changed = await put(admin, { strategyId: annId, ...web, priority: 5 });

    expect(changed).toMatchObject({
      status: 200,
      body: { data: { id: annId, strategyId: annId, revision: 2 } },
    });
    expect((await get(admin, annId)).body.data).toMatchObject({ ownerId: ann.id, priority: 5, revision: 2 });
    expect((await list(admin)).body.data.strategies).toHaveLength(1);
    expect((await remove(admin, annId)).status).toBe(200);
    expect((await get(ann.token, annId)).status).toBe(404);
  });

  it('are listed by owner, tenant tag and name, and in pages', async () => {
    await create(admin, { ...web, name: 'other', strategyNamespace: 'team-b' });
    const names = async (query: string) =>
      (await list(admin, query)).body.data.strategies.map(({ name }: { name: string }) => name);

    expect(await names('')).toEqual(['front', 'other']);
    expect(await names(`?owner=${ann.id}`)).toEqual(['front']);
    expect(await names('?namespace=team-b')).toEqual(['other']);
    expect(await names('?name=front&namespace=team-b')).toEqual([]);
    const first = await list(admin, '?limit=1');
    expect(first.body.data.strategies).toHaveLength(1);
    expect(await names(`?limit=1&cursor=${first.body.data.nextCursor}`)).toHaveLength(1);
  });

  it('do not exist for whoever may only see the own ones, and the attempt is recorded', async () => {
    const bob = await signInWith(manager, 'bob', grantsFor(ALL_KEYS, { ownOnly: true }));

    expect((await get(bob.token, annId)).body).toMatchObject({
      code: 'not_found',
      error: "strategy not found or you don't have permission to read it",
    });
    expect((await put(bob.token, { strategyId: annId, ...web })).status).toBe(404);
    expect((await remove(bob.token, annId)).status).toBe(404);
    expect((await list(bob.token)).body.data.strategies).toEqual([]);
    expect((await list(ann.token)).status).toBe(403);

    const refused = await manager.call('GET', '/api/v1/audit?actor=bob&outcome=refused', undefined, admin);
    expect(refused.body.data.entries.map(({ target }: { target: { id: string } }) => target.id)).toEqual([
      'DELETE /api/v1/strategies',
      'PUT /api/v1/strategies',
      'GET /api/v1/strategies/{strategyId}',
    ]);
  });

  it.each<[string, object, number]>([
    ['of the same tenant', { policyNamespaces: ['team-a'] }, 200],
    ['of another tenant', { policyNamespaces: ['team-b'] }, 404],
    ['in the same namespaces', { k8sNamespaces: ['def*'] }, 200],
    ['in other namespaces', { k8sNamespaces: ['prod-*'] }, 404],
    ['of a priority within reach', { strongestPriority: 4 }, 200],
    ['stronger than they could be made', { strongestPriority: 5 }, 404],
  ])('%s are reached as far as the grants do', async (_title, limits, status) => {
    const bob = await signInWith(manager, 'bob', grantsFor(ALL_KEYS, limits));
    const body = { ...web, strategyId: annId, strategyNamespace: 'team-a', priority: 6 };

    expect((await get(bob.token, annId)).status).toBe(status);
    expect((await list(bob.token)).body.data.strategies).toHaveLength(status === 200 ? 1 : 0);
    expect((await put(bob.token, body)).status).toBe(status);
    expect((await remove(bob.token, annId)).status).toBe(status);
  });

  it('cannot be made stronger than the caller may', async () => {
    const bob = await signInWith(manager, 'bob', grantsFor(ALL_KEYS, { strongestPriority: 4 }));

    const answer = await put(bob.token, { ...web, strategyId: annId, priority: 1 });

    expect(answer).toMatchObject({ status: 403, body: { code: 'forbidden' } });
    expect((await get(ann.token, annId)).body.data.priority).toBe(4);
  });

  it('that name no namespace lie only within grants without such a limit', async () => {
    const wide = await create(ann.token, { allPods: true });
    const bob = await signInWith(manager, 'bob', grantsFor(ALL_KEYS, { k8sNamespaces: ['*'] }));
    const eve = await signInWith(manager, 'eve', grantsFor(ALL_KEYS));

    expect((await get(bob.token, wide)).status).toBe(404);
    expect((await get(eve.token, wide)).status).toBe(200);
  });
});

describe('the revision of a strategy', () => {
  it('is the tag of the answer, and binds a change to what was read', async () => {
    const read = await get(ann.token, annId);
    expect(read.headers.get('etag')).toBe('"1"');

    const first = await put(ann.token, { ...web, strategyId: annId, priority: 5 }, { 'if-match': '"1"' });
    const late = await put(ann.token, { ...web, strategyId: annId, priority: 6 }, { 'if-match': '"1"' });

    expect(first).toMatchObject({ status: 200, body: { data: { revision: 2 } } });
    expect(first.headers.get('etag')).toBe('"2"');
    expect(late).toMatchObject({ status: 409, body: { code: 'conflict', data: { revision: 2 } } });
    expect((await get(ann.token, annId)).body.data.priority).toBe(5);
  });

  it('may stand in the body instead', async () => {
    expect((await put(ann.token, { ...web, strategyID: annId, revision: 1 })).status).toBe(200);
    expect(await put(ann.token, { ...web, strategyID: annId, revision: 1 })).toMatchObject({
      status: 409,
      body: { data: { revision: 2 } },
    });
    expect((await put(ann.token, { ...web, id: annId })).status).toBe(200);
  });

  it('is refused when it is none', async () => {
    const answer = await put(ann.token, { ...web, strategyId: annId }, { 'if-match': 'yesterday' });

    expect(answer).toMatchObject({ status: 422, body: { details: [{ field: 'If-Match' }] } });
  });

  it('lets none of 1,000 racing writers overwrite another', async () => {
    let done = 0;
    const writer = async (number: number) => {
      for (let tries = 0; tries < 2_000; tries++) {
        const { revision } = (await get(ann.token, annId)).body.data;
        const body = { ...web, strategyId: annId, description: String(number) };
        const { status } = await put(ann.token, body, { 'if-match': `"${revision}"` });
        if (status === 200) {
          done++;
          return;
        }
        expect(status).toBe(409);
      }
    };
    // Whoever lost reads again; ten stay in the race until each has won a hundred times.
    await Promise.all(
      Array.from({ length: 10 }, async (_, lane) => {
        for (let number = 0; number < 100; number++) await writer(lane * 100 + number);
      }),
    );

    expect(done).toBe(1_000);
    expect((await get(ann.token, annId)).body.data.revision).toBe(1_001);
    const verdict = await manager.call('GET', '/api/v1/audit/verify', undefined, admin);
    expect(verdict.body.data).toMatchObject({ valid: true });
    const updates = await manager.call(
      'GET',
      '/api/v1/audit?action=strategy.update&limit=500',
      undefined,
      admin,
    );
    expect(updates.body.data.entries).toHaveLength(500);
  });

  it('is counted right for 1,000 that all read the same revision: one wins', async () => {
    const answers = await Promise.all(
      Array.from({ length: 1_000 }, (_, number) =>
        put(ann.token, { ...web, strategyId: annId, description: String(number) }, { 'if-match': '"1"' }),
      ),
    );

    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(999);
    expect((await get(ann.token, annId)).body.data.revision).toBe(2);
  });

  it('of 1,000 that are made at the same time is 1 of each', async () => {
    const made = await Promise.all(
      Array.from({ length: 1_000 }, (_, number) => create(ann.token, { ...web, name: `made ${number}` })),
    );

    expect(new Set(made).size).toBe(1_000);
    const own = await manager.call('GET', '/api/v1/strategies/self', undefined, ann.token);
    expect(own.body.data.strategies).toHaveLength(1_001);
  });
});
