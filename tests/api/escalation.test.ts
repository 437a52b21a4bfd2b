import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { TOKENS } from '../../manager/app/tokens.js';
import { PERMISSION_KEYS } from '../../manager/domain/permission.js';
import { type Account, again, anAccount, aRole, theAdmin } from '../support/accounts.js';
import { aPod } from '../support/builders.js';
import { startTestManager, type TestManager } from '../support/test-manager.js';

let manager: TestManager;
let admin: Account;
beforeEach(async () => {
  manager = await startTestManager();
  admin = await theAdmin(manager);
});
afterEach(() => manager.stop());

/** May do everything with users and roles, and little else. */
const PEOPLE = PERMISSION_KEYS.filter((key) => /^(user|role|permission)/.test(key));

async function userOf(id: string) {
  return (await admin.call('GET', `/users/${id}`)).body.data;
}

describe('somebody who may change users and roles, but little else', () => {
  let mallory: Account;
  let malloryRole: string;
  let adminRole: string;
  beforeEach(async () => {
    malloryRole = await aRole(admin, 'people', [
      ...PEOPLE,
      { permissionKey: 'schedule_strategy.create', k8sNamespace: 'web-*', strongestPriority: 5 },
      {
        permissionKey: 'schedule_strategy.create',
        k8sNamespace: 'db',
        policyNamespace: 'team',
        strongestPriority: 5,
      },
    ]);
    mallory = await anAccount(manager, admin, 'mallory', ['people']);
    const { roles } = (await admin.call('GET', '/roles')).body.data;
    adminRole = roles.find(({ name }: { name: string }) => name === 'admin').id;
  });

  const refusal = (lacking: string) => ({
    status: 403,
    body: { code: 'forbidden', error: expect.stringMatching(new RegExp(`^permission denied: .*${lacking}`)) },
  });
  const strategies = (limits: object) => [{ permissionKey: 'schedule_strategy.create', ...limits }];

  it.each([
    ['another permission', [{ permissionKey: 'settings' }], 'settings'],
    ['the same without limits', strategies({ strongestPriority: 5 }), 'schedule_strategy.create'],
    ['a wider glob', strategies({ k8sNamespace: 'web*', strongestPriority: 5 }), 'web\\*'],
    [
      'one more namespace',
      strategies({ k8sNamespace: 'web-1,kube-system', strongestPriority: 5 }),
      'kube-system',
    ],
    ['a stronger priority', strategies({ k8sNamespace: 'web-1', strongestPriority: 4 }), 'priorities from 4'],
    [
      'another tenant',
      strategies({ k8sNamespace: 'db', policyNamespace: 'other', strongestPriority: 5 }),
      'other',
    ],
    ['all tenants', strategies({ k8sNamespace: 'db', strongestPriority: 5 }), 'db'],
  ])('can neither make a role of, nor put into one: %s', async (_title, rolePolicies, lacking) => {
    expect(await mallory.call('POST', '/roles', { name: 'mine', rolePolicies })).toMatchObject(
      refusal(lacking),
    );
    expect(await mallory.call('PUT', '/roles', { id: malloryRole, rolePolicies })).toMatchObject(
      refusal(lacking),
    );
    const empty = await aRole(mallory, 'empty', []);
    expect(await mallory.call('PUT', '/roles', { id: empty, rolePolicies })).toMatchObject(refusal(lacking));
    expect((await admin.call('GET', `/roles/${malloryRole}`)).body.data.revision).toBe(1);
  });

  it('can give what they hold, and less', async () => {
    const rolePolicies = [
      ...strategies({ k8sNamespaces: ['web-a*', 'web-1'], strongestPriority: 5 }),
      ...strategies({ k8sNamespace: 'web-1,db', policyNamespace: 'team', strongestPriority: 9, self: true }),
      { permissionKey: 'user.read', self: true },
    ];

    await aRole(mallory, 'less', rolePolicies);
    const ann = await anAccount(manager, mallory, 'ann', ['less']);
    expect((await ann.call('GET', '/users')).body.data.users).toHaveLength(1);
  });

  it('can give no role that gives more, at any door', async () => {
    await aRole(admin, 'wide', ['settings']);
    const ann = await anAccount(manager, admin, 'ann');
    const set = (userID: string, roles: string[]) =>
      mallory.call('PUT', '/users/permissions', { userID, roles });

    expect(await mallory.call('POST', '/users', { username: 'eve', roles: ['wide'] })).toMatchObject(
      refusal('settings'),
    );
    expect(await set(ann.id, ['wide'])).toMatchObject(refusal('settings'));
    expect(await set(mallory.id, ['people', 'admin'])).toMatchObject(refusal('and \\d+ more'));
    expect((await set(ann.id, ['people'])).status).toBe(200);
    expect((await userOf(mallory.id)).roles).toEqual(['people']);
  });

  it('cannot take over, close or rob an account that holds more', async () => {
    await aRole(admin, 'wide', ['settings']);
    const ann = await anAccount(manager, admin, 'ann', ['wide', 'people']);
    const userID = ann.id;

    expect(await mallory.call('PUT', '/users/password', { userID })).toMatchObject(refusal('settings'));
    expect(await mallory.call('PUT', '/users/permissions', { userID, status: 2 })).toMatchObject(
      refusal('settings'),
    );
    expect(await mallory.call('PUT', '/users/permissions', { userID, roles: [] })).toMatchObject(
      refusal('settings'),
    );
    expect(await mallory.call('DELETE', '/users', { userID })).toMatchObject(refusal('settings'));
    expect(await mallory.call('PUT', '/users/password', { userID: admin.id })).toMatchObject(
      refusal('and \\d+ more'),
    );
    expect((await ann.call('GET', '/users/self')).status).toBe(200);
  });

  it('cannot change, narrow, rename or delete a role that gives more', async () => {
    const wide = await aRole(admin, 'wide', ['settings']);

    for (const body of [{ description: 'x' }, { rolePolicies: [] }, { name: 'other' }]) {
      expect(await mallory.call('PUT', '/roles', { id: wide, ...body })).toMatchObject(refusal('settings'));
    }
    expect(await mallory.call('DELETE', '/roles', { id: wide })).toMatchObject(refusal('settings'));
    expect(await mallory.call('PUT', '/roles', { id: adminRole, description: 'x' })).toMatchObject({
      status: 403,
    });
  });

  it('cannot hand strategies to somebody whose rights would let them run', async () => {
    const ann = await anAccount(manager, admin, 'ann');

    expect(await mallory.call('DELETE', '/users', { userID: ann.id, transferTo: admin.id })).toMatchObject({
      status: 403,
    });
    expect((await ann.call('GET', '/users/self')).status).toBe(200);
  });

  it('is not let through by a role of the name that a deleted one had', async () => {
    await aRole(admin, 'gone', ['settings']);
    const ann = await anAccount(manager, admin, 'ann', ['gone']);
    const { roles } = (await admin.call('GET', '/roles')).body.data;
    const { id } = roles.find(({ name }: { name: string }) => name === 'gone');
    const store = manager.container.get(TOKENS.roleStore);
    await store.delete(id, 1);

    expect((await mallory.call('POST', '/roles', { name: 'gone' })).status).toBe(409);
    expect((await mallory.call('PUT', '/users/permissions', { userID: ann.id, roles: [] })).status).toBe(200);
  });
});

describe('rights to users are apart from each other', () => {
  it('who may make users gives no roles; who may reset passwords opens no closed account', async () => {
    await aRole(admin, 'maker', ['user.create', 'user.password.reset']);
    const bob = await anAccount(manager, admin, 'bob', ['maker']);
    const ann = await anAccount(manager, admin, 'ann');
    await admin.call('PUT', '/users/permissions', { userID: ann.id, status: 2 });

    expect((await bob.call('POST', '/users', { username: 'eve' })).status).toBe(200);
    const withRole = await bob.call('POST', '/users', { username: 'eva', roles: ['maker'] });
    expect(withRole).toMatchObject({ status: 403 });
    expect(await bob.call('PUT', '/users/password', { userID: ann.id })).toMatchObject({ status: 403 });
    expect((await admin.call('PUT', '/users/password', { userID: ann.id })).status).toBe(200);
    expect(await userOf(ann.id)).toMatchObject({ status: 3 });
  });
});

describe('the last administrator', () => {
  it('can be neither deleted nor disabled nor stripped, by themselves or through a role', async () => {
    const userID = admin.id;
    const everything = PERMISSION_KEYS.map((permissionKey) => ({ permissionKey }));
    await aRole(admin, 'root', everything);

    for (const body of [{ roles: [] }, { roles: ['viewer'] }, { status: 2 }]) {
      const answer = await admin.call('PUT', '/users/permissions', { userID, ...body });
      expect(answer).toMatchObject({
        status: 409,
        body: { error: expect.stringContaining('nobody would be left') },
      });
    }
    expect((await admin.call('DELETE', '/users', { userID })).status).toBe(409);
    const moved = await admin.call('PUT', '/users/permissions', { userID, roles: ['root'] });
    expect(moved.status).toBe(200);
    admin = await again(manager, admin);
    const { roles } = (await admin.call('GET', '/roles')).body.data;
    const { id } = roles.find(({ name }: { name: string }) => name === 'root');
    expect((await admin.call('PUT', '/roles', { id, rolePolicies: everything.slice(1) })).status).toBe(409);
    expect((await admin.call('DELETE', '/roles', { id, unassign: true })).status).toBe(409);
    expect((await admin.call('PUT', '/roles', { id, name: 'chief' })).status).toBe(200);
    expect((await admin.call('GET', '/users')).status).toBe(200);
  });

  it('is not followed by one who never signed in', async () => {
    await admin.call('POST', '/users', { username: 'heir', roles: ['admin'] });

    expect((await admin.call('DELETE', '/users', { userID: admin.id })).status).toBe(409);
  });

  it.each(['DELETE', 'strip', 'disable'])('stays when two remove each other at once: %s', async (how) => {
    const other = await anAccount(manager, admin, 'other', ['admin']);
    const remove = (by: Account, { id: userID }: Account) => {
      if (how === 'DELETE') return by.call('DELETE', '/users', { userID });
      return by.call('PUT', '/users/permissions', {
        userID,
        ...(how === 'strip' ? { roles: [] } : { status: 2 }),
      });
    };

    const answers = await Promise.all([remove(admin, other), remove(other, admin)]);

    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401]);
    const { users, roles } = await manager.container.get(TOKENS.accountChanges).read();
    expect(users.filter((user) => user.status === 1 && user.roles.includes('admin'))).toHaveLength(1);
    expect(roles.some(({ name }) => name === 'admin')).toBe(true);
  });

  it('is put back where another manager removed the other one at the same time', async () => {
    const other = await anAccount(manager, admin, 'other', ['admin']);
    const users = manager.container.get(TOKENS.userStore);
    const replace = users.replace.bind(users);
    users.replace = async (user, expected) => {
      users.replace = replace;
      const isKept = await replace(user, expected);
      // The other manager's change lands between this one's check and its second look.
      const mine = await users.get(admin.id);
      if (mine !== undefined) {
        await replace({ ...mine, status: 2, revision: mine.revision + 1 }, mine.revision);
      }
      return isKept;
    };

    const answer = await admin.call('PUT', '/users/permissions', { userID: other.id, roles: [] });

    expect(answer.status).toBe(409);
    expect(await users.get(other.id)).toMatchObject({ roles: ['admin'], status: 1 });
  });
});

describe('rights that are taken away', () => {
  it('count for the next request even where the token lives on', async () => {
    const id = await aRole(admin, 'people', PEOPLE);
    const bob = await anAccount(manager, admin, 'bob', ['people']);

    await admin.call('PUT', '/roles', { id, rolePolicies: [{ permissionKey: 'role.update' }] });

    const regain = await bob.call('PUT', '/roles', { id, rolePolicies: [{ permissionKey: 'role.create' }] });
    expect(regain).toMatchObject({ status: 403 });
    expect((await bob.call('POST', '/roles', { name: 'x' })).status).toBe(403);
  });

  it('count for planning at once', async () => {
    const id = await aRole(admin, 'web', [
      { permissionKey: 'schedule_strategy.create', k8sNamespace: 'web,db' },
      'schedule_strategy.read',
    ]);
    const bob = await anAccount(manager, admin, 'bob', ['web']);
    manager.cluster.agentMap.set('node-1', { nodeName: 'node-1', url: 'http://10.0.0.1:8080' } as never);
    const uid = (digit: string) => `${digit.repeat(8)}-2222-4333-8444-555555555555`;
    manager.cluster.podList.push(
      aPod({ uid: uid('1'), name: 'web-1', namespace: 'web' }),
      aPod({ uid: uid('2'), name: 'db-1', namespace: 'db' }),
    );
    manager.cluster.changed();
    const body = { labelSelectors: [{ key: 'app', value: 'web' }] };
    const { strategyId } = (await bob.call('POST', '/strategies', body)).body.data;
    const matched = async () => (await bob.call('GET', `/strategies/${strategyId}`)).body.data.matchedPods;
    await vi.waitFor(async () => expect(await matched()).toBe(2), 5_000);

    const set = (k8sNamespace: string) =>
      admin.call('PUT', '/roles', {
        id,
        rolePolicies: [
          { permissionKey: 'schedule_strategy.create', k8sNamespace },
          { permissionKey: 'schedule_strategy.read' },
        ],
      });
    expect((await set('web')).status).toBe(200);

    await vi.waitFor(async () => expect(await matched()).toBe(1), 5_000);
    await set('nothing');
    await vi.waitFor(async () => expect(await matched()).toBe(0), 5_000);
  });
});
