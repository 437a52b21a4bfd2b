import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TOKENS } from '../../manager/app/tokens.js';
import { type Account, again, anAccount, aRole, signIn, theAdmin } from '../support/accounts.js';
import { aStrategy } from '../support/builders.js';
import { startTestManager, type TestManager } from '../support/test-manager.js';

const PASSWORD = 'umbrella-kettle-orbit-48';
const NOBODY = 'f'.repeat(24);

let manager: TestManager;
let admin: Account;
let made = 0;
beforeAll(async () => {
  manager = await startTestManager();
  admin = await theAdmin(manager);
});
afterAll(() => manager.stop());

/** Names that no other test here has: they share a manager. */
function aName(): string {
  made++;
  return `ann-${made}`;
}

function someone(roles: readonly string[] = []): Promise<Account> {
  return anAccount(manager, admin, aName(), roles);
}

async function userOf(id: string) {
  const { body } = await admin.call('GET', `/users/${id}`);
  return body.data;
}

/** What was done to it, oldest first; sign-ins aside. */
async function auditOf(targetId: string) {
  const entries = await manager.container.get(TOKENS.auditLog).find({ targetId }, 50);
  const changes = entries.filter(({ action }) => !action.startsWith('auth.'));
  return changes.toReversed().map(({ action, before, after }) => ({ action, before, after }));
}

describe('creating a user', () => {
  it('answers a password once where none is given, which must be changed', async () => {
    const username = aName();
    const answer = await admin.call('POST', '/users', { username });

    const { id, userID, password, revision } = answer.body.data;
    expect([answer.status, id, revision]).toEqual([200, userID, 1]);
    expect(password).toMatch(/^[\w-]{24}$/);
    expect(await userOf(id)).toMatchObject({ username, roles: [], status: 3, isExternal: false });
    const token = await signIn(manager, username, password);
    const refused = await manager.call('GET', '/api/v1/users/self/permissions', undefined, token);
    expect(refused).toMatchObject({ status: 403, body: { error: 'password change required' } });
  });

  it('takes a password and roles, and tells neither password nor hash to anybody', async () => {
    const username = aName();
    const body = { UserName: username, password: PASSWORD, roles: ['viewer', 'operator'] };
    const answer = await admin.call('POST', '/users', body);

    const { id } = answer.body.data;
    expect(answer.body.data).toEqual({ id, userID: id, revision: 1 });
    expect(await auditOf(id)).toEqual([
      { action: 'user.create', after: { roles: ['viewer', 'operator'], status: 3 } },
    ]);
    const all = await admin.call('GET', '/users');
    expect(JSON.stringify(all.body)).not.toMatch(/argon2|passwordHash|tokenVersion/);
    await signIn(manager, username, PASSWORD);
  });

  it.each([
    ['no name', {}, 422, 'username'],
    ['a blank around the name', { username: ' ann' }, 422, 'username'],
    ['a control character', { username: 'a\u0000b' }, 422, 'username'],
    ['a short password', { username: 'ann', password: 'short' }, 422, 'password'],
    [
      'the name as the password',
      { username: 'ann-of-the-hills', password: 'Ann-of-the-hills' },
      422,
      'password',
    ],
    ['a name that is taken', { username: 'admin@example.com' }, 409, 'username'],
    ['one that differs in case only', { username: 'ADMIN@example.com' }, 409, 'username'],
    ['one that differs in its form only', { username: '\uff41dmin@example.com' }, 409, 'username'],
    ['an unknown role', { username: 'ann', roles: ['viewer', 'nope'] }, 400, 'roles[1]'],
    ['a role of the prototype', { username: 'ann', roles: ['__proto__'] }, 400, 'roles[0]'],
    ['a role twice', { username: 'ann', roles: ['viewer', 'viewer'] }, 400, 'roles[1]'],
    ['an operator for a name', { username: { $gt: '' } }, 400, 'username'],
    ['an operator for a role', { username: 'ann', roles: [{ $ne: '' }] }, 400, 'roles[0]'],
    ['a list for a name', { username: ['ann'] }, 400, 'username'],
  ])('is refused for %s', async (_title, body, status, field) => {
    const before = (await admin.call('GET', '/users')).body.data.users;

    const answer = await admin.call('POST', '/users', body);

    expect(answer).toMatchObject({ status, body: { success: false, details: [{ field }] } });
    expect((await admin.call('GET', '/users')).body.data.users).toEqual(before);
  });

  it('takes nothing of an account from the body but what it says', async () => {
    const text =
      '{"username":"mass","id":"0123456789abcdef01234567","status":1,"tokenVersion":99,"passwordHash":"x",' +
      '"identity":{"issuer":"i","subject":"s"},"revision":7,"__proto__":{"roles":["admin"]},' +
      '"constructor":{"prototype":{"roles":["admin"]}}}';
    const answer = await admin.call('POST', '/users', text);

    const { id } = answer.body.data;
    expect(id).not.toBe('0123456789abcdef01234567');
    expect(await userOf(id)).toMatchObject({ roles: [], status: 3, isExternal: false, revision: 1 });
    expect(await manager.container.get(TOKENS.userStore).get(id)).toMatchObject({ tokenVersion: 1 });
    expect(({} as { roles?: unknown }).roles).toBeUndefined();
  });

  it('lets one of two requests for a name win', async () => {
    const answers = await Promise.all(
      ['eve', 'Eve', 'eve', 'EVE'].map((username) => admin.call('POST', '/users', { username })),
    );

    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409]);
  });
});

describe('reading users', () => {
  it('goes by pages, with an empty list of roles where there are none', async () => {
    for (let count = 0; count < 4; count++) await admin.call('POST', '/users', { username: aName() });
    const whole = (await admin.call('GET', '/users')).body.data.users;
    const users: { id: string; username: string; roles: unknown }[] = [];

    let cursor = '';
    while (users.length < whole.length) {
      const { body } = await admin.call('GET', `/users?limit=3${cursor}`);
      users.push(...body.data.users);
      expect(body.data.users.length).toBeLessThanOrEqual(3);
      if (body.data.nextCursor === undefined) break;
      cursor = `&cursor=${body.data.nextCursor}`;
    }

    const byId = (a: { id: string }, b: { id: string }) => (a.id < b.id ? -1 : 1);
    expect(users).toEqual(whole.toSorted(byId));
    expect(users.find(({ username }) => username === `ann-${made}`)).toMatchObject({ roles: [], status: 3 });
  });

  it('has a tag for what comes next, and says what is wrong with an id', async () => {
    const answer = await manager.api.request(`/api/v1/users/${admin.id}`, {
      headers: { authorization: `Bearer ${admin.token}` },
    });

    expect(answer.headers.get('etag')).toMatch(/^"\d+"$/);
    expect(await admin.call('GET', `/users/${NOBODY}`)).toMatchObject({
      status: 404,
      body: { error: 'user not found' },
    });
    expect(await admin.call('GET', '/users/zz')).toMatchObject({
      status: 422,
      body: { error: 'invalid user ID' },
    });
  });
});

describe('what one may do oneself', () => {
  it('is told key by key, without what another grant says too', async () => {
    await aRole(admin, 'web', [
      { permissionKey: 'schedule_strategy.create', k8sNamespace: 'web-*', strongestPriority: 5 },
      { permissionKey: 'schedule_strategy.create', k8sNamespace: 'web-a', strongestPriority: 6 },
    ]);
    const ann = await someone(['web']);

    const { body } = await ann.call('GET', '/users/self/permissions');

    expect(body.data).toEqual({
      id: ann.id,
      username: ann.username,
      roles: ['web'],
      status: 1,
      permissions: [
        {
          permissionKey: 'schedule_strategy.create',
          grants: [{ self: false, k8sNamespaces: ['web-*'], policyNamespaces: [], strongestPriority: 5 }],
        },
      ],
    });
    const all = await admin.call('GET', '/users/self/permissions');
    expect(all.body.data.permissions.length).toBeGreaterThan(30);
  });
});

describe('resetting a password', () => {
  it('makes one, which must be changed, and ends everything the user is signed in with', async () => {
    const ann = await someone();

    const reset = await admin.call('PUT', '/users/password', { userID: ann.id });

    const { password } = reset.body.data;
    expect([reset.status, await userOf(ann.id)]).toMatchObject([200, { status: 3 }]);
    expect((await ann.call('GET', '/users/self')).body.error).toBe('token revoked');
    await expect(signIn(manager, ann.username, ann.password)).rejects.toThrow('401');
    await signIn(manager, ann.username, password);
    expect(await manager.container.get(TOKENS.sessionStore).ofUser(ann.id)).toSatisfy(
      (sessions: readonly { tokenVersion: number }[]) =>
        sessions.every(({ tokenVersion }) => tokenVersion > 2),
    );
    expect((await auditOf(ann.id)).at(-1)).toMatchObject({
      action: 'user.password_reset',
      before: { status: 1 },
      after: { status: 3 },
    });
  });

  it.each([
    ['a malformed id', { userID: 'zz', newPassword: PASSWORD }, 422, 'invalid user ID'],
    ['no id', {}, 422, 'invalid user ID'],
    ['an id that nobody has', { userId: NOBODY, newPassword: PASSWORD }, 404, 'user not found'],
    ['an operator for an id', { userID: { $ne: '' } }, 400, 'Invalid request body'],
  ])('is refused for %s', async (_title, body, status, error) => {
    expect(await admin.call('PUT', '/users/password', body)).toMatchObject({ status, body: { error } });
  });

  it('keeps to the rules for passwords, and tells no password when one is given', async () => {
    const ann = await someone();

    const short = await admin.call('PUT', '/users/password', { userID: ann.id, newPassword: 'short' });
    expect(short).toMatchObject({ status: 422, body: { details: [{ field: 'newPassword' }] } });
    const good = await admin.call('PUT', '/users/password', { id: ann.id, newPassword: PASSWORD });
    expect(good.body.data).toEqual({ revision: expect.any(Number) });
  });
});

describe('roles and status of a user', () => {
  it('are replaced, also by none, and end what the user is signed in with', async () => {
    const ann = await someone(['viewer']);
    const set = (body: object) => admin.call('PUT', '/users/permissions', { userID: ann.id, ...body });

    expect((await set({ roles: ['operator'] })).status).toBe(200);
    expect(await userOf(ann.id)).toMatchObject({ roles: ['operator'], status: 1 });
    expect((await ann.call('GET', '/users/self')).status).toBe(401);

    expect((await set({ roles: [] })).status).toBe(200);
    expect(await userOf(ann.id)).toMatchObject({ roles: [] });

    expect((await set({ status: 2 })).status).toBe(200);
    await expect(signIn(manager, ann.username, ann.password)).rejects.toThrow('user is inactive');
    expect((await set({ status: 1 })).status).toBe(200);
    await signIn(manager, ann.username, ann.password);
    expect((await auditOf(ann.id)).slice(-2)).toEqual([
      { action: 'user.update', before: { roles: [], status: 1 }, after: { roles: [], status: 2 } },
      { action: 'user.update', before: { roles: [], status: 2 }, after: { roles: [], status: 1 } },
    ]);
  });

  it('stay, and so do tokens, where nothing is another', async () => {
    const ann = await someone(['viewer', 'operator']);
    const { revision } = await userOf(ann.id);

    for (const body of [{}, { roles: ['operator', 'viewer'] }, { status: 1 }]) {
      const answer = await admin.call('PUT', '/users/permissions', { userID: ann.id, ...body });
      expect(answer).toMatchObject({ status: 200, body: { data: { revision } } });
    }
    expect((await ann.call('GET', '/users/self')).status).toBe(200);
  });

  it.each([
    ['unknown roles', { roles: ['nope'] }, 400, 'Some roles not found'],
    ['a role twice', { roles: ['viewer', 'viewer'] }, 400, 'Some roles not found'],
    ['a text for roles', { roles: 'viewer' }, 400, 'Invalid request body'],
    ['a text for the status', { status: '1' }, 400, 'Invalid request body'],
    ['an odd status', { status: 77 }, 422, 'status: must be'],
    ['status 0', { status: 0 }, 422, 'status: must be'],
    ['a huge status', { status: 4_294_967_297 }, 422, 'status: must be'],
  ])('are refused for %s, and stay as they are', async (_title, body, status, error) => {
    const ann = await someone(['viewer']);
    const answer = await admin.call('PUT', '/users/permissions', { userID: ann.id, ...body });

    expect(answer).toMatchObject({ status, body: { error: expect.stringContaining(error) } });
    expect(await userOf(ann.id)).toMatchObject({ roles: ['viewer'], status: 1 });
  });

  it('are refused for ids as the public API does', async () => {
    const set = (body: object) => admin.call('PUT', '/users/permissions', body);

    expect(await set({ userID: 'zz', roles: [] })).toMatchObject({
      status: 422,
      body: { error: 'invalid user ID' },
    });
    expect(await set({ userID: NOBODY, roles: [] })).toMatchObject({ status: 404 });
  });

  it('of one who signs in elsewhere cannot ask for a password here', async () => {
    const ann = await someone();
    await manager.changeUser(ann.username, {
      identity: { issuer: 'https://id.example.com', subject: 's' },
      passwordHash: '',
    });

    const set = await admin.call('PUT', '/users/permissions', { userID: ann.id, status: 3 });
    expect(set).toMatchObject({ status: 409 });
    const reset = await admin.call('PUT', '/users/password', { userID: ann.id });
    expect(reset).toMatchObject({ status: 409, body: { error: expect.stringContaining('id.example.com') } });
  });
});

describe('changes of one user at the same time', () => {
  it('by revision: one wins, the others are told the new one', async () => {
    const ann = await someone();
    const { revision } = await userOf(ann.id);

    const answers = await Promise.all(
      ['viewer', 'operator', 'admin'].map((role) =>
        admin.call('PUT', '/users/permissions', { userID: ann.id, roles: [role], revision }),
      ),
    );

    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409]);
    const lost = answers.filter(({ status }) => status === 409);
    for (const { body } of lost) expect(body.data).toEqual({ revision: revision + 1 });
    expect((await userOf(ann.id)).roles).toHaveLength(1);
  });

  it('without one: every acknowledged change is in the log and counted, none is lost', async () => {
    const ann = await someone();
    const { revision } = await userOf(ann.id);
    const bodies = Array.from({ length: 100 }, (_, index) => ({
      userID: ann.id,
      ...(index % 2 === 0
        ? { roles: index % 4 === 0 ? ['viewer'] : ['operator'] }
        : { status: (index % 3) + 1 }),
    }));

    const answers = await Promise.all(bodies.map((body) => admin.call('PUT', '/users/permissions', body)));

    expect(answers.every(({ status }) => status === 200)).toBe(true);
    const kept = await userOf(ann.id);
    const updates = (await manager.container.get(TOKENS.auditLog).find({ targetId: ann.id }, 200)).filter(
      ({ action }) => action === 'user.update',
    );
    expect(kept.revision - revision).toBe(updates.length);
    expect(updates[0]?.after).toEqual({ roles: kept.roles, status: kept.status });
    for (const [index, { before }] of updates.entries()) {
      if (index + 1 < updates.length) expect(before).toEqual(updates[index + 1]?.after);
    }
  });
});

describe('deleting a user', () => {
  const remove = (body: object) => admin.call('DELETE', '/users', body);

  it('ends everything, and the name is free again', async () => {
    const ann = await someone(['viewer']);

    expect(await remove({ userID: ann.id })).toMatchObject({
      status: 200,
      body: { data: { strategies: 0, nodePolicies: 0 } },
    });

    expect((await ann.call('GET', '/users/self')).body.error).toBe('user not found');
    expect((await remove({ userId: ann.id })).status).toBe(404);
    expect((await admin.call('POST', '/users', { username: ann.username })).status).toBe(200);
    expect((await auditOf(ann.id)).at(-1)).toMatchObject({
      action: 'user.delete',
      before: { username: ann.username, roles: ['viewer'], status: 1 },
    });
  });

  it('is refused while they own something, and changes nothing then', async () => {
    const ann = await anOwner();

    expect(await remove({ userID: ann.id })).toMatchObject({
      status: 409,
      body: { data: { strategies: 1, nodePolicies: 1 } },
    });
    expect((await ann.call('GET', '/strategies/self')).body.data.strategies).toHaveLength(1);
  });

  it('deletes what they own when it is told to', async () => {
    const ann = await anOwner();

    expect(await remove({ userID: ann.id, deleteOwned: true })).toMatchObject({
      status: 200,
      body: { data: { strategies: 1, nodePolicies: 1 } },
    });

    const { container } = manager;
    expect(await container.get(TOKENS.strategyStore).ownedBy(ann.id)).toEqual([]);
    expect(await container.get(TOKENS.nodePolicyStore).ownedBy(ann.id)).toEqual([]);
    const exclusions = await container.get(TOKENS.exclusionStore).all();
    expect(exclusions.filter(({ ownerId }) => ownerId === ann.id)).toEqual([]);
  });

  it('hands over what they own, with the exclusions', async () => {
    const ann = await anOwner();
    const bob = await someone(['operator']);

    expect((await remove({ userID: ann.id, transferTo: bob.id })).status).toBe(200);

    expect((await bob.call('GET', '/strategies/self')).body.data.strategies).toHaveLength(1);
    const { container } = manager;
    expect(await container.get(TOKENS.nodePolicyStore).ownedBy(bob.id)).toHaveLength(1);
    const owners = (await container.get(TOKENS.exclusionStore).all()).map(({ ownerId }) => ownerId);
    expect(owners).toContain(bob.id);
    expect(owners).not.toContain(ann.id);
  });

  it.each([
    ['nobody', () => NOBODY, 422],
    ['themselves', (ann: Account) => ann.id, 422],
    ['no id', () => 'zz', 422],
  ])('hands nothing over to %s', async (_title, heir, status) => {
    const ann = await anOwner();

    expect((await remove({ userID: ann.id, transferTo: heir(ann) })).status).toBe(status);
    expect((await ann.call('GET', '/users/self')).status).toBe(200);
  });

  it('hands nothing over where a name would be there twice, nor both ways at once', async () => {
    const ann = await anOwner();
    const bob = await anOwner();

    expect(await remove({ userID: ann.id, transferTo: bob.id })).toMatchObject({
      status: 409,
      body: { data: { strategies: ['web'] } },
    });
    expect((await remove({ userID: ann.id, transferTo: bob.id, deleteOwned: true })).status).toBe(422);
    expect((await ann.call('GET', '/users/self')).status).toBe(200);
  });

  it('keeps to the revision that it is based on', async () => {
    const ann = await someone();

    expect((await remove({ userID: ann.id, revision: 99 })).status).toBe(409);
    const { revision } = await userOf(ann.id);
    expect((await remove({ userID: ann.id, revision })).status).toBe(200);
  });

  async function anOwner(): Promise<Account> {
    const owner = await someone(['operator']);
    const { container } = manager;
    const strategy = aStrategy({
      id: container.get(TOKENS.ids).newId(),
      ownerId: owner.id,
      spec: { name: 'web', labelSelectors: [{ key: 'app', operator: 'In', values: ['web'] }] },
    });
    await container.get(TOKENS.strategyStore).insert(strategy);
    await container.get(TOKENS.nodePolicyStore).insert({
      id: container.get(TOKENS.ids).newId(),
      ownerId: owner.id,
      spec: { nodeSelectors: [], nodeNames: ['n1'], commandRegex: 'x', priority: 5, executionTime: 0 },
      createdTime: 1,
      updatedTime: 1,
      revision: 1,
    });
    await container.get(TOKENS.exclusionStore).add([
      {
        id: container.get(TOKENS.ids).newId(),
        kind: 'pod',
        sourceId: strategy.id,
        targetId: 'uid',
        targetName: 'default/web-1',
        ownerId: owner.id,
        createdTime: 1,
      },
    ]);
    return owner;
  }
});

describe('own-only rights to users', () => {
  it('reach nobody but oneself', async () => {
    await aRole(admin, 'self', [
      ...['user.read', 'user.password.reset', 'user.permission.update', 'user.delete', 'user.create'].map(
        (permissionKey) => ({ permissionKey, self: true }),
      ),
    ]);
    const ann = await someone(['self']);
    const forbidden = { status: 403, body: { error: 'forbidden' } };

    expect((await ann.call('GET', '/users')).body.data.users).toMatchObject([{ id: ann.id }]);
    expect((await ann.call('GET', `/users/${ann.id}`)).status).toBe(200);
    for (const id of [admin.id, NOBODY]) {
      expect(await ann.call('GET', `/users/${id}`)).toMatchObject(forbidden);
      expect(await ann.call('PUT', '/users/password', { userID: id })).toMatchObject(forbidden);
      expect(await ann.call('PUT', '/users/permissions', { userID: id, status: 1 })).toMatchObject(forbidden);
      expect(await ann.call('DELETE', '/users', { userID: id })).toMatchObject(forbidden);
    }
    expect(await ann.call('POST', '/users', { username: 'bob' })).toMatchObject(forbidden);
    const reset = await ann.call('PUT', '/users/password', { userID: ann.id, newPassword: PASSWORD });
    expect(reset.status).toBe(200);
    await expect(again(manager, ann)).rejects.toThrow('401');
  });
});
