import { afterAll, beforeAll, expect, it } from 'vitest';
import { TOKENS } from '../../manager/app/tokens.js';
import { PERMISSION_KEYS } from '../../manager/domain/permission.js';
import { type AccessWorld, startAccessWorld } from '../support/access/access-world.js';
import { SITUATIONS, type Situation } from '../support/access/callers.js';
import type { Operation } from '../support/access/operations.js';
import { ROUTE_CASES, type RouteCase, type Target } from '../support/access/route-cases.js';
import { describeOnEachStore } from '../support/on-each-store.js';

/**
 * Every route of the OpenAPI document x everybody who may call x whose thing it is about. What has to come follows
 * from the route's `x-access` and, for somebody whom it lets in, from the case's own rule. The document tells of
 * every status that comes.
 */
let started: AccessWorld;

await describeOnEachStore('every route', (newStore) => {
  beforeAll(async () => {
    started = await startAccessWorld({ store: newStore() });
  });
  afterAll(() => started?.manager.stop());

  it('has an entry, and every entry a route', () => {
    expect(Object.keys(ROUTE_CASES).toSorted()).toEqual(
      started.operations.map(({ name }) => name).toSorted(),
    );
  });

  it.each(Object.entries(ROUTE_CASES))(
    '%s answers everybody as its rules say',
    async (name, routeCase) => {
      const operation = started.operations.find((candidate) => candidate.name === name);
      if (operation === undefined) throw new Error(`there is no route ${name}`);
      const found: string[] = [];
      const wanted: string[] = [];
      for (const situation of SITUATIONS) {
        for (const target of routeCase.targets) {
          const expected = await expectedStatus(operation, situation, target, routeCase);
          const status = await statusOf(operation, situation, target, routeCase);
          wanted.push(`${situation}, ${target}: ${expected}`);
          found.push(`${situation}, ${target}: ${status}`);
          expect(operation.statuses, `${name} ${target}`).toContain(status);
        }
      }

      expect(found).toEqual(wanted);
    },
    120_000,
  );
});

async function statusOf(
  operation: Operation,
  situation: Situation,
  target: Target,
  routeCase: RouteCase,
): Promise<number> {
  const caller = await started.world.callers.make(situation);
  const request = await routeCase.request(started.world, caller, target);
  return (await started.send(operation, caller, request)).status;
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
  const roles = await started.manager.container.get(TOKENS.roleStore).all();
  const role = roles.find((candidate) => candidate.name === situation);
  return role?.grants.some(({ permissionKey }) => permissionKey === key) ?? false;
}
