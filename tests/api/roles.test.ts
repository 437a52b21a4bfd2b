import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TOKENS } from '../../manager/app/tokens.js';
import { PERMISSION_KEYS } from '../../manager/domain/permission.js';
import { type Account, again, anAccount, aRole, theAdmin } from '../support/accounts.js';
import { startTestManager, type TestManager } from '../support/test-manager.js';

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
  return `name-${made}`;
}

async function roleOf(id: string) {
  return (await admin.call('GET', `/roles/${id}`)).body.data;
}

async function rolesOfUser({ id }: Account): Promise<string[]> {
  return (await admin.call('GET', `/users/${id}`)).body.data.roles;
}

/** What was done to it, oldest first; sign-ins aside. */
async function auditOf(targetId: string) {
  const entries = await manager.container.get(TOKENS.auditLog).find({ targetId }, 50);
  const changes = entries.filter(({ action }) => !action.startsWith('auth.'));
  return changes.toReversed().map(({ action, before, after }) => ({ action, before, after }));
}

describe('the roles of a first start', () => {
  it('are admin with everything, operator and viewer', async () => {
    const { roles } = (await admin.call('GET', '/roles')).body.data;

    const keysOf = (name: string) =>
      roles
        .find((role: { name: string }) => role.name === name)
        .rolePolicy.map(({ permissionKey }: { permissionKey: string }) => permissionKey);
    expect(keysOf('admin')).toEqual(PERMISSION_KEYS);
    expect(keysOf('viewer')).toEqual(
      expect.arrayContaining(['strategy.read_all', 'node.read', 'pod_pid_mapping.read']),
    );
    const writes = keysOf('viewer').filter((key: string) => /create|update|delete|reset|settings/.test(key));
    expect(writes).toEqual([]);
    const people = keysOf('operator').filter((key: string) =>
      /^(user|role|permission|settings|audit)/.test(key),
    );
    expect(people).toEqual([]);
  });
});

describe('creating a role', () => {
  it('answers its id, and every policy in both spellings', async () => {
    const name = aName();
    const answer = await admin.call('POST', '/roles', {
      name,
      description: 'web people',
      rolePolicy: [
        {
          permissionKey: 'schedule_strategy.create',
          self: true,
          k8sNamespace: 'web-*,db',
          strongestPriority: 5,
        },
        { PERMISSIONKEY: 'user.read', policyNamespaces: ['a', 'b'] },
      ],
    });

    const { id } = answer.body.data;
    expect([answer.status, Object.keys(answer.body.data)]).toEqual([200, ['id']]);
    expect(await roleOf(id)).toEqual({
      id,
      name,
      description: 'web people',
      rolePolicy: [
        {
          permissionKey: 'schedule_strategy.create',
          self: true,
          k8sNamespace: 'web-*,db',
          policyNamespace: '',
          k8sNamespaces: ['web-*', 'db'],
          policyNamespaces: [],
          strongestPriority: 5,
        },
        {
          permissionKey: 'user.read',
          self: false,
          k8sNamespace: '',
          policyNamespace: 'a,b',
          k8sNamespaces: [],
          policyNamespaces: ['a', 'b'],
          strongestPriority: 0,
        },
      ],
      createdTime: expect.any(Number),
      updatedTime: expect.any(Number),
      revision: 1,
    });
    expect(await auditOf(id)).toMatchObject([{ action: 'role.create', after: { name } }]);
  });

  it.each([
    ['no name', {}, 422, 'name'],
    ['a name that is taken', { name: 'admin' }, 409, 'name'],
    ['one that is mistaken for it', { name: 'Admin' }, 409, 'name'],
    [
      'an unknown permission',
      { name: 'x', rolePolicies: [{ permissionKey: 'no.such' }] },
      422,
      'rolePolicies[0].permissionKey',
    ],
    [
      'a permission of the prototype',
      { name: 'x', rolePolicies: [{ permissionKey: '__proto__' }] },
      422,
      'rolePolicies[0].permissionKey',
    ],
    [
      'a typo in a policy',
      { name: 'x', rolePolicies: [{ permissionKey: 'user.read', k8sNamspace: 'a' }] },
      422,
      'rolePolicies[0].k8sNamspace',
    ],
    ['a typo in the role', { name: 'x', rolePolicys: [] }, 422, 'rolePolicys'],
    ['a key that would be an account', { name: 'x', tokenVersion: 1 }, 422, 'tokenVersion'],
    ['grants in the words of the store', { name: 'x', grants: [] }, 422, 'grants'],
    ['an operator for a name', { name: { $gt: '' } }, 400, 'name'],
    ['an object of policies', { name: 'x', rolePolicies: {} }, 400, 'rolePolicies'],
    [
      'a text for a number',
      { name: 'x', rolePolicies: [{ permissionKey: 'user.read', strongestPriority: '0' }] },
      400,
      'rolePolicies[0].strongestPriority',
    ],
    [
      'two namespaces that differ',
      { name: 'x', rolePolicies: [{ permissionKey: 'user.read', k8sNamespace: 'a', k8sNamespaces: ['b'] }] },
      422,
      'rolePolicies[0].k8sNamespace',
    ],
  ])('is refused for %s', async (_title, body, status, field) => {
    const answer = await admin.call('POST', '/roles', body);

    expect(answer).toMatchObject({ status, body: { success: false, details: [{ field }] } });
  });

  it('refuses a key of the prototype', async () => {
    const text =
      '{"name":"proto","__proto__":{"rolePolicies":[]},"rolePolicies":[{"permissionKey":"user.read","__proto__":{}}]}';

    expect(await admin.call('POST', '/roles', text)).toMatchObject({
      status: 422,
      body: { details: [{ field: '__proto__' }, { field: 'rolePolicies[0].__proto__' }] },
    });
  });

  it('refuses a name that users refer to: it would be theirs at once', async () => {
    const name = aName();
    const ann = await anAccount(manager, admin, aName());
    await manager.changeUser(ann.username, { roles: [name] });

    const answer = await admin.call('POST', '/roles', {
      name,
      rolePolicies: [{ permissionKey: 'settings' }],
    });

    expect(answer).toMatchObject({ status: 409, body: { error: expect.stringContaining(ann.username) } });
  });
});

describe('changing a role', () => {
  it('takes what is given and keeps the rest; an answer can be sent back', async () => {
    const id = await aRole(admin, aName(), ['user.read']);
    const role = await roleOf(id);

    expect(await admin.call('PUT', '/roles', role)).toMatchObject({
      status: 200,
      body: { data: { revision: 1 } },
    });
    const description = await admin.call('PUT', '/roles', { roleID: id, description: 'other' });
    expect(description).toMatchObject({ status: 200, body: { data: { revision: 2 } } });
    expect(await roleOf(id)).toMatchObject({
      name: role.name,
      description: 'other',
      rolePolicy: role.rolePolicy,
    });
    await admin.call('PUT', '/roles', { id, rolePolicies: [] });
    expect(await roleOf(id)).toMatchObject({ rolePolicy: [], revision: 3 });
    expect((await auditOf(id)).at(-1)).toMatchObject({
      action: 'role.update',
      before: { grants: [{ permissionKey: 'user.read' }] },
      after: { grants: [] },
    });
  });

  it('counts from the very next request of its holders on, whose tokens stay', async () => {
    const id = await aRole(admin, aName(), ['user.read', 'role.read']);
    const ann = await anAccount(manager, admin, aName(), [(await roleOf(id)).name]);
    expect((await ann.call('GET', '/users')).status).toBe(200);

    await admin.call('PUT', '/roles', { id, rolePolicy: [{ permissionKey: 'role.read' }] });

    expect(await ann.call('GET', '/users')).toMatchObject({
      status: 403,
      body: { error: 'permission denied' },
    });
    expect((await ann.call('GET', '/roles')).status).toBe(200);
  });

  it('gives the new name to all who hold it, who keep their rights all the while', async () => {
    const [name, renamed] = [aName(), aName()];
    const id = await aRole(admin, name, ['user.read']);
    const holders = await Promise.all(
      [1, 2, 3].map(() => anAccount(manager, admin, aName(), [name, 'viewer'])),
    );
    let isDone = false;
    const asked = holders.map(async (holder) => {
      const statuses = new Set<number>();
      while (!isDone) statuses.add((await holder.call('GET', '/users')).status);
      return statuses;
    });

    const answer = await admin.call('PUT', '/roles', { id, name: renamed });
    isDone = true;

    expect(answer.status).toBe(200);
    for (const statuses of await Promise.all(asked)) expect([...statuses]).toEqual([200]);
    for (const holder of holders) expect(await rolesOfUser(holder)).toEqual([renamed, 'viewer']);
    expect((await admin.call('POST', '/roles', { name })).status).toBe(200);
  });

  it('can be asked for again where a rename was cut short', async () => {
    const [name, renamed] = [aName(), aName()];
    const id = await aRole(admin, name, ['user.read']);
    const ann = await anAccount(manager, admin, aName(), [name]);
    await manager.changeUser(ann.username, { roles: [name, renamed] });

    expect((await ann.call('GET', '/users')).status).toBe(200);
    expect((await admin.call('PUT', '/roles', { id, name: renamed })).status).toBe(200);
    expect(await rolesOfUser(ann)).toEqual([renamed]);
  });

  it('leaves no name behind where a rename is refused', async () => {
    const [name, taken] = [aName(), aName()];
    const id = await aRole(admin, name, ['user.read']);
    const ann = await anAccount(manager, admin, aName(), [name]);
    const store = manager.container.get(TOKENS.roleStore);
    const all = store.all.bind(store);
    const other = await aRole(admin, taken, []);
    // Another manager's role, made after this one looked.
    store.all = async () => (await all()).filter((role) => role.id !== other);
    const answer = await admin.call('PUT', '/roles', { id, name: taken });
    store.all = all;

    expect(answer.status).toBe(409);
    expect(await rolesOfUser(ann)).toEqual([name]);
  });

  it.each([
    ['an unknown id', () => NOBODY, 422, 'role not found'],
    ['a malformed id', () => 'zz', 422, 'invalid role ID'],
    ['no id', () => undefined, 422, 'invalid role ID'],
    ['a number for an id', () => 1, 400, 'Invalid request body'],
  ])('is refused for %s', async (_title, id, status, error) => {
    expect(await admin.call('PUT', '/roles', { id: id(), name: 'y' })).toMatchObject({
      status,
      body: { error },
    });
  });

  it('by revision: one of several writers wins', async () => {
    const id = await aRole(admin, aName(), []);

    const answers = await Promise.all(
      ['a', 'b', 'c', 'd'].map((description) =>
        admin.call('PUT', '/roles', { id, description, revision: 1 }),
      ),
    );

    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409]);
    expect(answers.find(({ status }) => status === 409)?.body.data).toEqual({ revision: 2 });
    const won = ['a', 'b', 'c', 'd'][answers.findIndex(({ status }) => status === 200)];
    expect(await roleOf(id)).toMatchObject({ description: won, revision: 2 });
  });

  it('by the header, which get-one answers with', async () => {
    const id = await aRole(admin, aName(), []);
    const send = (ifMatch: string, description: string) =>
      manager.api.request('/api/v1/roles', {
        method: 'PUT',
        headers: { authorization: `Bearer ${admin.token}`, 'if-match': ifMatch },
        body: JSON.stringify({ id, description }),
      });
    const read = await manager.api.request(`/api/v1/roles/${id}`, {
      headers: { authorization: `Bearer ${admin.token}` },
    });
    const etag = read.headers.get('etag') ?? '';

    expect((await send(etag, 'a')).status).toBe(200);
    expect((await send(etag, 'b')).status).toBe(409);
    expect((await send('nonsense', 'c')).status).toBe(422);
  });

  it('loses no change of racing writers to different parts', async () => {
    const id = await aRole(admin, aName(), []);
    const descriptions = Array.from({ length: 150 }, (_, index) => ({ id, description: `d${index}` }));
    const policies = PERMISSION_KEYS.map((permissionKey) => ({ id, rolePolicies: [{ permissionKey }] }));

    const answers = await Promise.all(
      [...descriptions, ...policies].map((body) => admin.call('PUT', '/roles', body)),
    );

    expect(answers.every(({ status }) => status === 200)).toBe(true);
    const revisions = answers.map(({ body }) => body.data.revision);
    expect(new Set(revisions).size).toBe(answers.length);
    expect((await roleOf(id)).revision).toBe(1 + answers.length);
  });
});

describe('deleting a role', () => {
  it('is refused while somebody holds it, whom the answer names', async () => {
    const name = aName();
    const id = await aRole(admin, name, ['user.read']);
    const ann = await anAccount(manager, admin, aName(), [name]);

    expect(await admin.call('DELETE', '/roles', { id })).toMatchObject({
      status: 409,
      body: { data: { users: [ann.username], userCount: 1 } },
    });
    expect((await ann.call('GET', '/users')).status).toBe(200);
  });

  it('takes it from all who hold it when told to, and ends what they are signed in with', async () => {
    const name = aName();
    const id = await aRole(admin, name, ['user.read']);
    const ann = await anAccount(manager, admin, aName(), ['viewer', name]);

    const answer = await admin.call('DELETE', '/roles', { roleId: id, unassign: true });

    expect(answer).toMatchObject({ status: 200, body: { data: { unassigned: [ann.username] } } });
    expect((await ann.call('GET', '/users/self')).status).toBe(401);
    expect(await rolesOfUser(ann)).toEqual(['viewer']);
    expect((await (await again(manager, ann)).call('GET', '/users')).status).toBe(403);
    expect((await admin.call('GET', `/roles/${id}`)).status).toBe(404);
    expect((await auditOf(ann.id)).at(-1)).toMatchObject({
      action: 'user.update',
      after: { roles: ['viewer'] },
    });
    expect((await auditOf(id)).at(-1)).toMatchObject({ action: 'role.delete', before: { name } });
  });

  it.each([
    ['an unknown id', NOBODY, 404],
    ['a malformed id', 'zz', 422],
  ])('is refused for %s', async (_title, id, status) => {
    expect((await admin.call('DELETE', '/roles', { id })).status).toBe(status);
  });
});

describe('the role admin', () => {
  const adminRole = async () => {
    const { roles } = (await admin.call('GET', '/roles')).body.data;
    return roles.find(({ name }: { name: string }) => name === 'admin');
  };

  it('can be neither narrowed nor renamed nor deleted; its description is free', async () => {
    const { id, rolePolicy } = await adminRole();

    for (const body of [{ name: 'root' }, { rolePolicy: rolePolicy.slice(1) }, { rolePolicy: [] }]) {
      expect((await admin.call('PUT', '/roles', { id, ...body })).status).toBe(409);
    }
    expect((await admin.call('DELETE', '/roles', { id, unassign: true })).status).toBe(409);
    expect((await admin.call('PUT', '/roles', { id, rolePolicy, description: 'all' })).status).toBe(200);
  });

  it('is brought up to everything at a start, as after a new release or an import', async () => {
    const { container } = manager;
    const store = container.get(TOKENS.roleStore);
    const { id } = await adminRole();
    const role = await store.get(id);
    if (role === undefined) throw new Error('no admin role');
    const grants = role.grants.slice(0, 28).map((grant) => ({ ...grant, ownOnly: true }));
    await store.replace({ ...role, grants, revision: role.revision + 1 }, role.revision);

    await container.get(TOKENS.seedRoles).start();

    expect(
      (await adminRole()).rolePolicy.map(({ permissionKey }: { permissionKey: string }) => permissionKey),
    ).toEqual(PERMISSION_KEYS);
    expect((await auditOf(id)).at(-1)).toMatchObject({ action: 'role.update' });
  });
});

describe('what an administrator makes of operator and viewer', () => {
  it('stays at the next start: changed, renamed or deleted', async () => {
    const { roles } = (await admin.call('GET', '/roles')).body.data;
    const idOf = (name: string) => roles.find((role: { name: string }) => role.name === name).id;
    const [operator, viewer] = [idOf('operator'), idOf('viewer')];
    await admin.call('PUT', '/roles', { id: operator, name: 'crew', rolePolicies: [] });
    const removed = await admin.call('DELETE', '/roles', { id: viewer, unassign: true });
    expect(removed.status).toBe(200);

    await manager.container.get(TOKENS.seedRoles).start();

    const names = (await admin.call('GET', '/roles')).body.data.roles.map(
      ({ name }: { name: string }) => name,
    );
    expect(names).toContain('crew');
    expect(names).not.toContain('operator');
    expect(names).not.toContain('viewer');
    expect(await roleOf(operator)).toMatchObject({ name: 'crew', rolePolicy: [] });
  });
});

describe('own-only rights to roles', () => {
  it('reach the roles that one holds', async () => {
    const name = aName();
    const policies = ['role.read', 'role.update', 'role.create', 'role.delete'].map((permissionKey) => ({
      permissionKey,
      self: true,
    }));
    const id = await aRole(admin, name, policies);
    const other = await aRole(admin, aName(), []);
    const ann = await anAccount(manager, admin, aName(), [name]);

    expect((await ann.call('GET', '/roles')).body.data.roles).toMatchObject([{ id }]);
    expect((await ann.call('GET', `/roles/${other}`)).status).toBe(403);
    expect((await ann.call('PUT', '/roles', { id: other, description: 'x' })).status).toBe(403);
    expect((await ann.call('DELETE', '/roles', { id: other })).status).toBe(403);
    expect((await ann.call('POST', '/roles', { name: aName() })).status).toBe(403);
    expect((await ann.call('PUT', '/roles', { id, description: 'mine' })).status).toBe(200);
  });
});

describe('permissions', () => {
  it('are all listed with words', async () => {
    const { permissions } = (await admin.call('GET', '/permissions')).body.data;

    expect(permissions.map(({ key }: { key: string }) => key)).toEqual(PERMISSION_KEYS);
    expect(permissions[0]).toEqual({ key: 'user.create', description: 'Create users' });
  });
});
