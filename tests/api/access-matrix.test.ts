import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TOKENS } from '../../manager/app/tokens.js';
import { PERMISSION_KEYS } from '../../manager/domain/permission.js';
import type { User } from '../../manager/domain/user.js';
import { Callers, SITUATIONS, type Situation } from '../support/access/callers.js';
import { type Operation, operationsOf } from '../support/access/operations.js';
import { ROUTE_CASES, type RouteCase, type Target, World } from '../support/access/route-cases.js';
import { startTestManager, type TestManager } from '../support/test-manager.js';
import { forgedManagerToken } from '../support/wire/forged-tokens.js';

/**
 * Every route of the OpenAPI document x everybody who may call x whose thing it is about. What has to come follows
 * from the route's `x-access` and, for somebody whom it lets in, from the case's own rule.
 */
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
const signingKeyPem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

let manager: TestManager;
let world: World;
let operations: readonly Operation[];
beforeAll(async () => {
  manager = await startTestManager({ sections: { key: { rsa_private_key_pem: signingKeyPem } } });
  const callers: Callers = await Callers.create(manager, async (user: User) => {
    const { accessToken } = await callers.signIn(user);
    return forgedManagerToken('auth token expired', accessToken, signingKeyPem) ?? '';
  });
  world = await World.create(manager, callers);
  operations = operationsOf(manager);
});
afterAll(() => manager?.stop());

describe('every route', () => {
  it('has an entry, and every entry a route', () => {
    expect(Object.keys(ROUTE_CASES).toSorted()).toEqual(operations.map(({ name }) => name).toSorted());
  });

  it.each(Object.entries(ROUTE_CASES))(
    '%s answers everybody as its rules say',
    async (name, routeCase) => {
      const operation = operations.find((candidate) => candidate.name === name);
      if (operation === undefined) throw new Error(`there is no route ${name}`);
      const found: string[] = [];
      const wanted: string[] = [];
      for (const situation of SITUATIONS) {
        for (const target of routeCase.targets) {
          const expected = await expectedStatus(operation, situation, target, routeCase);
          const status = await statusOf(operation, situation, target, routeCase);
          wanted.push(`${situation}, ${target}: ${expected}`);
          found.push(`${situation}, ${target}: ${status}`);
        }
      }

      expect(found).toEqual(wanted);
    },
    120_000,
  );
});

async function statusOf(
  { method, path }: Operation,
  situation: Situation,
  target: Target,
  routeCase: RouteCase,
): Promise<number> {
  const caller = await world.callers.make(situation);
  const { params = {}, query = '', body } = await routeCase.request(world, caller, target);
  const url = path.replaceAll(/\{(\w+)\}/g, (_all, name: string) => encodeURIComponent(params[name] ?? ''));
  const response = await manager.api.request(`${url}${query}`, {
    method,
    headers: caller.authorization === undefined ? {} : { authorization: caller.authorization },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return response.status;
}

/** Routes that somebody may call who has to change the password first. */
const BEFORE_PASSWORD_CHANGE = ['PUT /api/v1/users/self/password'];

async function expectedStatus(
  { name, access }: Operation,
  situation: Situation,
  target: Target,
  routeCase: RouteCase,
): Promise<number> {
  if (access === 'open') return routeCase.expected(situation, target);
  if (['no token', 'garbage token', 'expired token'].includes(situation)) return 401;
  if (situation === 'password change pending' && !BEFORE_PASSWORD_CHANGE.includes(name)) return 403;
  if (access !== 'signed in' && !(await holds(situation, access))) return 403;
  return routeCase.expected(situation, target);
}

/** Whether the situation's role has a permission, read from the stored roles. */
async function holds(situation: Situation, key: string): Promise<boolean> {
  if (situation === 'no roles') return false;
  if (situation === 'own only' || situation === 'other tenant' || situation === 'admin') return true;
  expect([...PERMISSION_KEYS]).toContain(key);
  const roles = await manager.services.get(TOKENS.roleStore).all();
  const role = roles.find((candidate) => candidate.name === situation);
  return role?.grants.some(({ permissionKey }) => permissionKey === key) ?? false;
}
