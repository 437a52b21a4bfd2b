import { TOKENS } from '../../../manager/app/tokens.js';
import type { User } from '../../../manager/domain/user.js';
import { aPod } from '../builders.js';
import { eventually } from '../eventually.js';
import type { TestManager } from '../test-manager.js';
import { type Caller, type Callers, FOREIGN, type Situation, TENANT } from './callers.js';
import { Things } from './things.js';

/** Whose thing a call is about; `none` where it is about nobody's in particular. */
export type Target = 'none' | 'own' | 'other' | 'missing';

export interface CaseRequest {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: string;
  readonly body?: Readonly<Record<string, unknown>>;
}

/** How to call a route validly, and what its rule gives a caller who holds the permission. */
export interface RouteCase {
  readonly targets: readonly Target[];
  request(world: World, caller: Caller, target: Target): Promise<CaseRequest> | CaseRequest;
  /** Status for somebody whom the route itself lets in. */
  expected(situation: Situation, target: Target): number;
}

export const MISSING_ID = 'f'.repeat(24);

/** What the calls are about. */
export class World {
  readonly manager: TestManager;
  readonly callers: Callers;
  readonly things: Things;
  /** Somebody with all rights, who owns the things of others. */
  readonly other: User;

  private constructor(manager: TestManager, callers: Callers, other: User) {
    this.manager = manager;
    this.callers = callers;
    this.things = new Things(manager);
    this.other = other;
  }

  static async create(manager: TestManager, callers: Callers): Promise<World> {
    for (const [index, namespace] of [TENANT, FOREIGN].entries()) {
      const uid = `${index}`.repeat(8).concat('-2222-4333-8444-555555555555');
      manager.cluster.podList.push(aPod({ uid, name: `web-${index}`, namespace }));
    }
    manager.cluster.nodeList.push({ ...NODE });
    manager.cluster.changed();
    return new World(manager, callers, await callers.makeUser({ roles: ['admin'] }));
  }

  /** The owner and the namespace of a thing: a caller's own are in the tenant, others' outside of it. */
  placeOf(caller: Caller, target: Target): { readonly ownerId: string; readonly namespace: string } {
    return target === 'other'
      ? { ownerId: this.other.id, namespace: FOREIGN }
      : { ownerId: caller.user.id, namespace: TENANT };
  }

  async strategyId(caller: Caller, target: Target): Promise<string> {
    if (target === 'missing') return MISSING_ID;
    const { ownerId, namespace } = this.placeOf(caller, target);
    return (await this.things.strategy(ownerId, namespace)).id;
  }

  async nodePolicyId(caller: Caller, target: Target): Promise<string> {
    if (target === 'missing') return MISSING_ID;
    return (await this.things.nodePolicy(this.placeOf(caller, target).ownerId)).id;
  }

  async userId(caller: Caller, target: Target): Promise<string> {
    if (target === 'missing') return MISSING_ID;
    return target === 'own' ? caller.user.id : (await this.callers.makeUser()).id;
  }

  /** The planned intent of a new strategy; a caller without rights has none, but for them it need not exist. */
  async intentId(caller: Caller, target: Target): Promise<string> {
    if (target === 'missing') return MISSING_ID;
    const strategyId = await this.strategyId(caller, target);
    if (!PLANNED_FOR.includes(caller.situation) && target === 'own') return MISSING_ID;
    this.manager.cluster.changed();
    return eventually(() => {
      const planned = [...this.manager.services.get(TOKENS.fleet).plannedIntents()];
      const found = planned.find(({ intent }) => intent.strategyID === strategyId);
      if (found === undefined) throw new Error(`no intent is planned for ${strategyId}`);
      return found.intent.id;
    });
  }
}

const NODE = { name: 'node-1', status: 'Ready' } as const;
/** Whose strategies are planned. */
const PLANNED_FOR: readonly Situation[] = ['admin', 'operator', 'own only', 'other tenant'];

/** What a rule says where it does not say otherwise: own yes, missing 404, others' as given. */
function byOwner(others: { readonly unlimited: number; readonly limited: number }) {
  return (situation: Situation, target: Target): number => {
    if (target === 'missing') return 404;
    if (target !== 'other') return 200;
    return situation === 'own only' || situation === 'other tenant' ? others.limited : others.unlimited;
  };
}

const always = (status: number) => (): number => status;

/** A call that is about nothing in particular. */
function plain(body?: Readonly<Record<string, unknown>>, status = 200): RouteCase {
  return {
    targets: ['none'],
    request: () => (body === undefined ? {} : { body }),
    expected: always(status),
  };
}

const OWN_OTHER_MISSING = ['own', 'other', 'missing'] as const;

/** Every route of the document. A new one without an entry fails the access matrix. */
export const ROUTE_CASES: Readonly<Record<string, RouteCase>> = {
  'POST /api/v1/auth/login': {
    targets: ['none'],
    request: (_world, { user, password }) => ({ body: { username: user.username, password } }),
    expected: always(200),
  },
  'GET /api/v1/users/self': plain(),
  'PUT /api/v1/users/self/password': {
    targets: ['none'],
    request: (_world, { password }) => ({
      body: { oldPassword: password, newPassword: 'another-long-password' },
    }),
    expected: always(200),
  },
  'POST /api/v1/strategies': {
    targets: ['own', 'other'],
    request: (_world, _caller, target) => ({
      body: {
        strategyNamespace: target === 'other' ? FOREIGN : TENANT,
        k8sNamespace: [target === 'other' ? FOREIGN : TENANT],
      },
    }),
    expected: (situation, target) => (situation === 'other tenant' && target === 'other' ? 403 : 200),
  },
  'GET /api/v1/strategies/self': plain(),
  'GET /api/v1/strategies/{strategyId}': {
    targets: OWN_OTHER_MISSING,
    request: async (world, caller, target) => ({
      params: { strategyId: await world.strategyId(caller, target) },
    }),
    expected: byOwner({ unlimited: 404, limited: 404 }),
  },
  'PUT /api/v1/strategies': {
    targets: OWN_OTHER_MISSING,
    request: async (world, caller, target) => ({
      body: {
        strategyId: await world.strategyId(caller, target),
        strategyNamespace: world.placeOf(caller, target).namespace,
        k8sNamespace: [world.placeOf(caller, target).namespace],
      },
    }),
    expected: byOwner({ unlimited: 404, limited: 404 }),
  },
  'DELETE /api/v1/strategies': {
    targets: OWN_OTHER_MISSING,
    request: async (world, caller, target) => ({
      body: { strategyId: await world.strategyId(caller, target) },
    }),
    expected: byOwner({ unlimited: 404, limited: 404 }),
  },
  'GET /api/v1/intents/self': plain(),
  'GET /api/v1/nodes': plain(),
  'GET /api/v1/nodes/{nodeID}/pods/pids': {
    targets: ['none', 'missing'],
    request: (_world, _caller, target) => ({
      params: { nodeID: target === 'missing' ? 'no-such-node' : NODE.name },
    }),
    // There is no agent on the node of the test's cluster.
    expected: (_situation, target) => (target === 'missing' ? 404 : 503),
  },
};
