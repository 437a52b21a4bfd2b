import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PERMISSION_KEYS } from '../../manager/domain/permission.js';
import { USER_STATUS } from '../../manager/domain/user.js';
import { type AccessWorld, startAccessWorld } from '../support/access/access-world.js';
import { type Caller, TENANT } from '../support/access/callers.js';
import { eventually } from '../support/eventually.js';

/** The spellings that clients of every release use (contract 8.1, 6 to 9): in what they send, and in what they get. */
let started: AccessWorld;
let caller: Caller;
let token: string;
beforeAll(async () => {
  started = await startAccessWorld();
  caller = await started.world.callers.make('admin');
  token = caller.authorization?.replace('Bearer ', '') ?? '';
});
afterAll(() => started?.manager.stop());

const call = (method: string, url: string, body?: unknown) => started.manager.call(method, url, body, token);

const STRATEGIES = '/api/v1/strategies';
const POLICIES = '/api/v1/node-scheduling-policies';
const ROLES = '/api/v1/roles';
const USERS = '/api/v1/users';

const newStrategy = async () => (await started.world.things.strategy(caller.user.id, TENANT)).id;
const newPolicy = async () => (await started.world.things.nodePolicy(caller.user.id)).id;
const newRole = async () => (await started.world.things.role()).id;
const newUser = async () => (await started.world.callers.makeUser()).id;

const STRATEGY_IDS = ['strategyId', 'strategyID', 'id', 'STRATEGYID'];
const POLICY_IDS = ['policyId', 'policyID', 'id', 'POLICYID'];
const ROLE_IDS = ['id', 'roleID', 'roleId', 'ID'];
const USER_IDS = ['userID', 'userId', 'USERID'];

describe('an id', () => {
  it.each([
    ['PUT', STRATEGIES, STRATEGY_IDS, newStrategy, { k8sNamespace: [TENANT] }],
    ['DELETE', STRATEGIES, STRATEGY_IDS, newStrategy, {}],
    ['PUT', POLICIES, POLICY_IDS, newPolicy, { nodeNames: ['node-1'], commandRegex: 'nginx' }],
    ['DELETE', POLICIES, POLICY_IDS, newPolicy, {}],
    ['PUT', ROLES, ROLE_IDS, newRole, { description: 'another' }],
    ['DELETE', ROLES, ROLE_IDS, newRole, {}],
    ['PUT', `${USERS}/permissions`, USER_IDS, newUser, { roles: ['viewer'] }],
    ['PUT', `${USERS}/password`, USER_IDS, newUser, { newPassword: 'another-long-password' }],
    ['DELETE', USERS, USER_IDS, newUser, {}],
  ] as const)('of %s %s may be called %j', async (method, url, spellings, make, rest) => {
    for (const spelling of spellings) {
      const answer = await call(method, url, { [spelling]: await make(), ...rest });

      expect([spelling, answer.status]).toEqual([spelling, 200]);
    }
  });
});

describe('what is sent', () => {
  it.each(['username', 'email', 'UserName', 'EMAIL'])('signs in by %s', async (key) => {
    const { user, password } = caller;
    const answer = await call('POST', '/api/v1/auth/login', { [key]: user.username, password });

    expect(answer.status).toBe(200);
    const { token, accessToken, refreshToken } = answer.body.data;
    expect(token).toBe(accessToken);
    expect(refreshToken).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/);
  });

  it.each(['rolePolicy', 'rolePolicies', 'RolePolicies'])('grants by %s', async (key) => {
    const policies = [
      { permissionKey: 'role.read', self: true, k8sNamespace: 'a,b', policyNamespace: '' },
      { permissionKey: 'user.read' },
    ];
    const name = started.world.things.newName();
    const created = await call('POST', ROLES, { name, [key]: policies });
    const updated = await call('PUT', ROLES, { id: created.body.data.id, [key]: policies });
    const list = await call('GET', ROLES);

    expect([created.status, updated.status]).toEqual([200, 200]);
    const role = list.body.data.roles.find((candidate: { name: string }) => candidate.name === name);
    expect(role.rolePolicy).toMatchObject([
      { permissionKey: 'role.read', self: true, k8sNamespace: 'a,b', policyNamespace: '' },
      { permissionKey: 'user.read', self: false, k8sNamespace: '', policyNamespace: '' },
    ]);
  });

  it.each(['k8sNamespace', 'k8sNamespaces', 'K8sNamespace'])('names namespaces by %s', async (key) => {
    const { body } = await call('POST', STRATEGIES, { [key]: ['some'] });
    const strategy = await call('GET', `${STRATEGIES}/${body.data.id}`);

    expect(strategy.body.data.k8sNamespace).toEqual(['some']);
  });
});

describe('what is listed', () => {
  it('has strategies in both spellings, with equal values', async () => {
    await newStrategy();
    const { body } = await call('GET', `${STRATEGIES}/self`);

    expect(body.data.strategies.length).toBeGreaterThan(0);
    for (const strategy of body.data.strategies) expectBothSpellings(strategy);
  });

  it('has intents in both spellings, with a number and a word for the state, and the name of the pod', async () => {
    await newStrategy();
    started.manager.cluster.changed();
    const intents = await eventually(async () => {
      const { body } = await call('GET', '/api/v1/intents/self');
      expect(body.data.intents.length).toBeGreaterThan(0);
      return body.data.intents;
    });

    for (const intent of intents) {
      expectBothSpellings(intent);
      expect(intent).toMatchObject({ PodName: 'web-0', podName: 'web-0', state: intent.State });
      expect([0, 1, 2]).toContain(intent.State);
      expect(['Pending', 'Sent', 'Applied', 'Failed']).toContain(intent.status);
    }
  });

  it('has the permission keys of the first implementation', async () => {
    const { body } = await call('GET', '/api/v1/permissions');

    const keys = body.data.permissions.map(({ key }: { key: string }) => key);
    expect(keys.toSorted()).toEqual([...PERMISSION_KEYS].toSorted());
    expect(keys).toEqual(expect.arrayContaining(FIRST_PERMISSION_KEYS));
  });

  it('has the status of users as a number', async () => {
    const id = await newUser();
    for (const status of [USER_STATUS.inactive, USER_STATUS.mustChangePassword, USER_STATUS.active]) {
      expect((await call('PUT', `${USERS}/permissions`, { userID: id, status })).status).toBe(200);
      const { body } = await call('GET', USERS);
      expect(body.data.users).toContainEqual(expect.objectContaining({ id, status }));
    }
    expect(USER_STATUS).toEqual({ active: 1, inactive: 2, mustChangePassword: 3 });
  });
});

/** Contract 1.6. */
const FIRST_PERMISSION_KEYS = [
  'user.create',
  'user.read',
  'user.permission.update',
  'user.password.reset',
  'role.create',
  'role.read',
  'role.update',
  'role.delete',
  'permission.read',
  'schedule_strategy.create',
  'schedule_strategy.read',
  'schedule_strategy.update',
  'schedule_strategy.delete',
  'schedule_intent.read',
  'schedule_intent.delete',
  'pod_pid_mapping.read',
  'pod_scheduling_metrics.create',
  'pod_scheduling_metrics.read',
  'pod_scheduling_metrics.update',
  'pod_scheduling_metrics.delete',
  'scheduler_config.read',
  'scheduler_config.update',
  'node_scheduling_policy.create',
  'node_scheduling_policy.read',
  'node_scheduling_policy.update',
  'node_scheduling_policy.delete',
  'node_scheduling_intent.read',
  'node_scheduling_intent.delete',
];

/** Readers that ignore case take either of two keys that differ in nothing else. */
function expectBothSpellings(item: Readonly<Record<string, unknown>>): void {
  const pascal = Object.keys(item).filter((key) => /^[A-Z]/.test(key));
  expect(pascal.length).toBeGreaterThan(5);
  for (const key of pascal) {
    const same = Object.keys(item).filter((other) => other.toLowerCase() === key.toLowerCase());
    expect(same.length, `spellings of ${key}`).toBeGreaterThan(1);
    for (const other of same) expect([other, item[other]]).toEqual([other, item[key]]);
  }
}
