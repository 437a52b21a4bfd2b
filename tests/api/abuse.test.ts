import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TOKENS } from '../../manager/app/tokens.js';
import { grantsThrough, rolesOf } from '../../manager/domain/administration.js';
import { canonicalJson } from '../../manager/domain/audit-chain.js';
import { uncovered } from '../../manager/domain/grant-cover.js';
import type { User } from '../../manager/domain/user.js';
import {
  type AccessWorld,
  type RawAnswer,
  type RawRequest,
  startAccessWorld,
} from '../support/access/access-world.js';
import type { Caller, Situation } from '../support/access/callers.js';
import type { Operation } from '../support/access/operations.js';
import { poisonsFor } from '../support/access/poisons.js';
import { ROUTE_CASES } from '../support/access/route-cases.js';
import { describeOnEachStore } from '../support/on-each-store.js';

/**
 * Every route of the OpenAPI document that reads a body, a query or a parameter, with values in every place that a
 * store, a parser or a lenient copy could trip over. None of it is a fault of ours, none of it changes what the caller
 * did not name, and no answer tells a secret.
 */
let started: AccessWorld;
/** Somebody and something of theirs that no call is about. */
let bystander: User;
let untouched: string;

await describeOnEachStore('every route', (newStore) => {
  beforeAll(async () => {
    started = await startAccessWorld({ store: newStore() });
    bystander = await started.world.callers.makeUser({ roles: ['viewer'] });
    await started.world.things.strategy(bystander.id, 'of-the-bystander');
    await started.world.things.nodePolicy(bystander.id);
    untouched = await bystandersThings();
  });
  afterAll(() => started?.manager.stop());

  describe.each(Object.entries(ROUTE_CASES))('%s', (name, routeCase) => {
    const operation = () => {
      const found = started.operations.find((candidate) => candidate.name === name);
      if (found === undefined) throw new Error(`there is no route ${name}`);
      return found;
    };
    const target = routeCase.targets[0] ?? 'none';

    it('takes no value for more than it is', async () => {
      const caller = new RenewedCaller('own only');
      for (const poison of poisonsFor(operation())) {
        // What a call may have used up is made anew for the next.
        const request = poison(await routeCase.request(started.world, await caller.now(), target));
        expectHarmless(operation(), request, await caller.send(operation(), request));
      }
      await expectNobodyElseTouched(await caller.now());
    }, 300_000);

    it('takes any JSON for a body', async () => {
      if (operation().body === undefined) return;
      const caller = new RenewedCaller('own only');
      const keys = Object.keys(operation().body?.properties ?? {});
      const anyBody = fc.oneof(
        fc.jsonValue({ maxDepth: 3 }),
        fc.dictionary(fc.constantFrom('__proto__', 'constructor', ...keys), fc.jsonValue({ maxDepth: 2 })),
      );
      for (const body of fc.sample(anyBody, 60)) {
        const request = { ...(await routeCase.request(started.world, await caller.now(), target)), body };
        const raw = { ...request, body: JSON.stringify(body) };
        expectHarmless(operation(), raw, await caller.send(operation(), raw));
      }
      await expectNobodyElseTouched(await caller.now());
    }, 300_000);
  });
});

/** Somebody who signs in again as somebody new whenever a call has ended the session. */
class RenewedCaller {
  readonly #situation: Situation;
  #caller: Caller | undefined;

  constructor(situation: Situation) {
    this.#situation = situation;
  }

  async now(): Promise<Caller> {
    this.#caller ??= await started.world.callers.make(this.#situation);
    return this.#caller;
  }

  async send(operation: Operation, request: RawRequest): Promise<RawAnswer> {
    const answer = await started.send(operation, await this.now(), request);
    const isSpent = answer.status === 401 || (answer.status === 200 && operation.path.includes('/password'));
    if (isSpent || operation.path.endsWith('/logout-all')) this.#caller = undefined;
    return answer;
  }
}

function expectHarmless({ name }: Operation, request: RawRequest, { status, text }: RawAnswer): void {
  const told = `${name} ${JSON.stringify(request).slice(0, 300)} → ${status} ${text.slice(0, 300)}`;
  expect(status === 503 || status < 500, told).toBe(true);
  const tellsSecret =
    /"(password|token)Hash":|PRIVATE KEY/.test(text) || text.includes(bystander.passwordHash);
  expect(tellsSecret, told).toBe(false);
  expect(({} as Record<string, unknown>).polluted, told).toBe(undefined);
}

async function expectNobodyElseTouched({ user }: Caller): Promise<void> {
  expect(await bystandersThings()).toBe(untouched);
  const users = started.manager.container.get(TOKENS.userStore);
  const { roles, identity, tokenVersion } = (await users.get(user.id)) ?? user;
  const stored = await started.manager.container.get(TOKENS.roleStore).all();
  const [held, holds] = [user.roles, roles].map((names) => grantsThrough(rolesOf({ roles: names }, stored)));
  expect({ more: uncovered(held ?? [], holds ?? []), identity }).toEqual({ more: [], identity: undefined });
  expect(tokenVersion).toBeLessThan(90);
  const strategies = await started.manager.container.get(TOKENS.strategyStore).all();
  const policies = await started.manager.container.get(TOKENS.nodePolicyStore).all();
  for (const { id, ownerId, revision } of [...strategies, ...policies]) {
    expect(await users.get(ownerId), `owner of ${id}`).toBeDefined();
    expect(['e'.repeat(24), 'f'.repeat(24)]).not.toContain(id);
    expect(revision).toBeLessThan(90);
  }
}

/** The account of the bystander, what it owns, and the seeded roles, as they are stored. */
async function bystandersThings(): Promise<string> {
  const { container } = started.manager;
  const roles = await container.get(TOKENS.roleStore).all();
  return canonicalJson([
    await container.get(TOKENS.userStore).get(bystander.id),
    await container.get(TOKENS.strategyStore).ownedBy(bystander.id),
    await container.get(TOKENS.nodePolicyStore).ownedBy(bystander.id),
    roles.filter(({ name }) => ['admin', 'operator', 'viewer'].includes(name)),
  ]);
}
