import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TOKENS } from '../../manager/app/tokens.js';
import { type AccessWorld, startAccessWorld } from '../support/access/access-world.js';
import type { Caller } from '../support/access/callers.js';
import { describeOnEachStore } from '../support/on-each-store.js';

const WRITERS = 40;
const ROUNDS = 25;

/** One thing that everybody changes at once, and how its counter is read and written through the API. */
interface Contested {
  /** Of the audit log. */
  readonly action: string;
  readonly id: string;
  read(): Promise<{ readonly revision: number; readonly count: number }>;
  write(revision: number, count: number): Promise<number>;
}

let started: AccessWorld;
let caller: Caller;
async function call(method: string, url: string, body?: object, revision?: number) {
  const response = await started.manager.api.request(url, {
    method,
    headers: {
      authorization: caller.authorization ?? '',
      ...(revision === undefined ? {} : { 'if-match': `"${revision}"` }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: JSON.parse(await response.text()) };
}

const CONTESTED: Readonly<Record<string, () => Promise<Contested>>> = {
  strategy: async () => {
    const { id } = await started.world.things.strategy(caller.user.id, 'contested');
    return {
      action: 'strategy.update',
      id,
      read: async () => {
        const { revision, precedence } = (await call('GET', `/api/v1/strategies/${id}`)).body.data;
        return { revision, count: precedence };
      },
      write: async (revision, precedence) => {
        const body = { strategyId: id, k8sNamespace: ['contested'], precedence };
        return (await call('PUT', '/api/v1/strategies', body, revision)).status;
      },
    };
  },
  'node policy': async () => {
    const { id } = await started.world.things.nodePolicy(caller.user.id);
    return {
      action: 'node_policy.update',
      id,
      read: async () => {
        const { revision, executionTime } = (await call('GET', `/api/v1/node-scheduling-policies/${id}`)).body
          .data;
        // Public node policies leave zeros out.
        return { revision, count: (executionTime ?? 1_000_000) - 1_000_000 };
      },
      write: async (revision, count) => {
        const selection = { nodeNames: ['node-1'], commandRegex: 'nginx' };
        const body = { policyId: id, ...selection, executionTime: 1_000_000 + count };
        return (await call('PUT', '/api/v1/node-scheduling-policies', body, revision)).status;
      },
    };
  },
  role: async () => {
    const { id, name } = await started.world.things.role();
    return {
      action: 'role.update',
      id,
      read: async () => {
        const { revision, description } = (await call('GET', `/api/v1/roles/${id}`)).body.data;
        return { revision, count: Number(description) };
      },
      write: async (revision, count) =>
        (await call('PUT', '/api/v1/roles', { id, name, description: String(count) }, revision)).status,
    };
  },
  user: async () => {
    const { id } = await started.world.callers.makeUser();
    const roles: string[] = [];
    for (let index = 0; index < 10; index++) roles.push((await started.world.things.role()).name);
    return {
      action: 'user.update',
      id,
      // A user has nothing that counts but its revision: which of ten roles it has is the counter's last digit.
      read: async () => {
        const { revision } = (await call('GET', `/api/v1/users/${id}`)).body.data;
        return { revision, count: revision - 1 };
      },
      write: async (revision, count) => {
        const body = { userID: id, roles: [roles[count % 10]] };
        return (await call('PUT', '/api/v1/users/permissions', body, revision)).status;
      },
    };
  },
};

await describeOnEachStore('1,000 updates', (newStore) => {
  beforeAll(async () => {
    started = await startAccessWorld({ store: newStore() });
    caller = await started.world.callers.make('admin');
  });
  afterAll(() => started?.manager.stop());

  describe.each(Object.entries(CONTESTED))(
    'of one %s, by writers who have all read the same',
    (_name, contested) => {
      it('lose none: one of them is done each time, and the others are told', async () => {
        const thing = await contested();
        for (let round = 0; round < ROUNDS; round++) {
          const { revision, count } = await thing.read();
          expect({ revision, count }).toEqual({ revision: 1 + round, count: round });
          const writers = Array.from({ length: WRITERS }, () => thing.write(revision, count + 1));
          const statuses = (await Promise.all(writers)).toSorted();

          expect(statuses).toEqual([200, ...Array.from({ length: WRITERS - 1 }, () => 409)]);
        }

        expect(await thing.read()).toEqual({ revision: 1 + ROUNDS, count: ROUNDS });
        expect(await changesInLog(thing)).toBe(ROUNDS);
        expect((await call('GET', '/api/v1/audit/verify')).body.data).toMatchObject({ valid: true });
      }, 300_000);
    },
  );
});

async function changesInLog({ action, id }: Contested): Promise<number> {
  const log = started.manager.container.get(TOKENS.auditLog);
  return (await log.find({ action, targetId: id, outcome: 'done' }, 2 * ROUNDS)).length;
}
