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

  namespacesOf(caller: Caller, target: Target): Readonly<Record<string, unknown>> {
    const { namespace } = this.placeOf(caller, target);
    return { strategyNamespace: namespace, k8sNamespace: [namespace] };
  }

  async exclusionId(caller: Caller, target: Target): Promise<string> {
    if (target === 'missing') return MISSING_ID;
    const { ownerId, namespace } = this.placeOf(caller, target);
    const { id } = await this.things.strategy(ownerId, namespace);
    return this.things.exclusion(ownerId, id);
  }

  /** A role that the caller holds, that another holds, or none. */
  async roleId(caller: Caller, target: Target): Promise<string> {
    if (target === 'missing') return MISSING_ID;
    const role = await this.things.role();
    const holder = target === 'own' ? caller.user : await this.callers.makeUser();
    await this.callers.giveRole(holder, role.name);
    return role.id;
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
    const strategyId = await this.strategyId(caller, target);
    return this.#planned(caller, target, () =>
      [...this.#fleet.plannedIntents()].find(({ intent }) => intent.strategyID === strategyId),
    );
  }

  /** The same for a node policy. */
  async nodeIntentId(caller: Caller, target: Target): Promise<string> {
    const policyId = await this.nodePolicyId(caller, target);
    if (caller.situation === 'other tenant' && target === 'own') return MISSING_ID;
    return this.#planned(caller, target, () =>
      [...this.#fleet.plannedNodeIntents()].find(({ intent }) => intent.policyID === policyId),
    );
  }

  get #fleet() {
    return this.manager.container.get(TOKENS.fleet);
  }

  async #planned(
    { situation }: Caller,
    target: Target,
    find: () => { readonly intent: { readonly id: string } } | undefined,
  ): Promise<string> {
    if (target === 'missing' || (target === 'own' && !PLANNED_FOR.includes(situation))) return MISSING_ID;
    this.manager.container.get(TOKENS.wakeUp).request();
    return eventually(() => {
      const found = find();
      if (found === undefined) throw new Error('no intent is planned yet');
      return found.intent.id;
    });
  }
}

const NODE = { name: 'node-1', status: 'Ready', labels: {} } as const;
/** Whose strategies are planned. */
const PLANNED_FOR: readonly Situation[] = ['admin', 'operator', 'own only', 'other tenant'];

type Rule = RouteCase['expected'];

/** Who sees other people's strategies, node policies and intents. */
const SEES_ALL: readonly Situation[] = ['admin', 'operator', 'viewer'];

/** What does not reach the caller is not there for them. */
const reading: Rule = (situation, target) =>
  target === 'own' || (target === 'other' && SEES_ALL.includes(situation)) ? 200 : 404;

const changing: Rule = (situation, target) =>
  target === 'own' || (target === 'other' && situation === 'admin') ? 200 : 404;

/** Accounts and roles: whoever may act on their own only is told so, before it is looked whether there is another. */
const administering =
  (missing: number): Rule =>
  (situation, target) => {
    if (target === 'own') return 200;
    if (situation === 'own only') return 403;
    return target === 'missing' ? missing : 200;
  };

const always =
  (status: number): Rule =>
  () =>
    status;

/** A call that is about nothing in particular. */
function plain(expected: Rule | number = 200, body?: (world: World) => CaseRequest['body']): RouteCase {
  return {
    targets: ['none'],
    request: (world) => ({ body: body?.(world) }) as CaseRequest,
    expected: typeof expected === 'number' ? always(expected) : expected,
  };
}

/** A call about somebody's thing. */
function about(
  idOf: (world: World, caller: Caller, target: Target) => Promise<string>,
  expected: Rule,
  request: (id: string, world: World, caller: Caller, target: Target) => CaseRequest | Promise<CaseRequest>,
): RouteCase {
  return {
    targets: ['own', 'other', 'missing'],
    request: async (world, caller, target) =>
      request(await idOf(world, caller, target), world, caller, target),
    expected,
  };
}

const strategyOf = (world: World, caller: Caller, target: Target) => world.strategyId(caller, target);
const intentOf = (world: World, caller: Caller, target: Target) => world.intentId(caller, target);
const exclusionOf = (world: World, caller: Caller, target: Target) => world.exclusionId(caller, target);
const nodePolicyOf = (world: World, caller: Caller, target: Target) => world.nodePolicyId(caller, target);
const nodeIntentOf = (world: World, caller: Caller, target: Target) => world.nodeIntentId(caller, target);
const userOf = (world: World, caller: Caller, target: Target) => world.userId(caller, target);
const roleOf = (world: World, caller: Caller, target: Target) => world.roleId(caller, target);

/** Giving more than one holds is refused, to whoever may give at all. */
const giving: Rule = (situation, target) => {
  if (situation === 'own only') return 403;
  return situation === 'other tenant' && target === 'other' ? 403 : 200;
};

function atTheProvider(request: CaseRequest): RouteCase {
  return { targets: ['none'], request: () => request, expected: always(404) };
}

/** What belongs to nobody and lies in no namespace is for those whose right to it has no limit. */
const ofEverything: Rule = (situation) => (situation === 'admin' ? 200 : 403);

const reachingNodes: Rule = (situation) => (situation === 'other tenant' ? 403 : 200);

const NODE_POLICY = { nodeNames: [NODE.name], commandRegex: 'nginx', priority: 10 };
const withRefreshToken: RouteCase = {
  targets: ['none'],
  request: async ({ callers }, { user }) => ({
    body: { refreshToken: (await callers.signIn(user)).refreshToken },
  }),
  expected: always(200),
};

const LONG_PASSWORD = 'another-long-password';

/** Every route of the document. A new one without an entry fails the access matrix. */
export const ROUTE_CASES: Readonly<Record<string, RouteCase>> = {
  'POST /api/v1/auth/login': {
    targets: ['none'],
    request: (_world, { user, password }) => ({ body: { username: user.username, password } }),
    expected: always(200),
  },
  'POST /api/v1/auth/refresh': withRefreshToken,
  'POST /api/v1/auth/logout': withRefreshToken,
  'POST /api/v1/auth/logout-all': plain(),
  'GET /api/v1/auth/validate': plain(),

  // No identity provider is configured here: they say so to everybody.
  'GET /api/v1/auth/oidc/login': atTheProvider({ query: `?return=/&challenge=${'c'.repeat(43)}` }),
  'GET /api/v1/auth/oidc/callback': atTheProvider({ query: '?code=some&state=some' }),
  'POST /api/v1/auth/oidc/token': atTheProvider({ body: { code: 'c'.repeat(43), verifier: 'v'.repeat(43) } }),

  'GET /api/v1/users/self': plain(),
  'GET /api/v1/users/self/permissions': plain(),
  'PUT /api/v1/users/self/password': {
    targets: ['none'],
    request: (_world, { password }) => ({ body: { oldPassword: password, newPassword: LONG_PASSWORD } }),
    expected: always(200),
  },
  'GET /api/v1/users': plain(),
  'POST /api/v1/users': plain(giving, ({ things }) => ({
    username: things.newName(),
    password: LONG_PASSWORD,
  })),
  'GET /api/v1/users/{userID}': about(userOf, administering(404), (userID) => ({ params: { userID } })),
  'DELETE /api/v1/users': about(userOf, administering(404), (userID) => ({ body: { userID } })),
  'PUT /api/v1/users/password': about(userOf, administering(404), (userID) => ({
    body: { userID, newPassword: LONG_PASSWORD },
  })),
  'PUT /api/v1/users/permissions': about(
    userOf,
    administering(404),
    async (userID, { things }, _caller, target) => ({
      body: { userID, roles: target === 'own' ? [] : [(await things.role()).name] },
    }),
  ),

  'GET /api/v1/permissions': plain(),
  'GET /api/v1/roles': plain(),
  'POST /api/v1/roles': {
    targets: ['own', 'other'],
    request: ({ things }, _caller, target) => ({
      body: {
        name: things.newName(),
        rolePolicies: [
          { permissionKey: 'schedule_strategy.read', k8sNamespace: TENANT, policyNamespace: TENANT },
          ...(target === 'other' ? [{ permissionKey: 'user.read', k8sNamespace: FOREIGN }] : []),
        ],
      },
    }),
    expected: giving,
  },
  'GET /api/v1/roles/{roleID}': about(roleOf, administering(404), (roleID) => ({ params: { roleID } })),
  'PUT /api/v1/roles': about(roleOf, administering(422), (id) => ({ body: { id, description: 'another' } })),
  'DELETE /api/v1/roles': about(
    roleOf,
    // It is somebody's by then, and taking it from them is another right.
    (situation, target) => (situation === 'own only' ? 403 : administering(404)(situation, target)),
    (id) => ({ body: { id, unassign: true } }),
  ),

  'GET /api/v1/audit': plain(ofEverything),
  'GET /api/v1/audit/verify': plain(ofEverything),

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
  'GET /api/v1/strategies': plain(),
  'GET /api/v1/strategies/self': plain(),
  'GET /api/v1/strategies/{strategyId}': about(strategyOf, reading, (strategyId) => ({
    params: { strategyId },
  })),
  'PUT /api/v1/strategies': about(strategyOf, changing, (strategyId, world, caller, target) => ({
    body: { strategyId, ...world.namespacesOf(caller, target) },
  })),
  'DELETE /api/v1/strategies': about(strategyOf, changing, (strategyId) => ({ body: { strategyId } })),

  'GET /api/v1/intents': plain(),
  'GET /api/v1/intents/self': plain(),
  'DELETE /api/v1/intents': about(intentOf, changing, (id) => ({ body: { intentIds: [id] } })),
  'GET /api/v1/exclusions/self': plain(),
  'DELETE /api/v1/exclusions': about(
    exclusionOf,
    (situation, target) =>
      situation === 'no roles' || situation === 'viewer' ? 404 : changing(situation, target),
    (id) => ({ body: { exclusionIds: [id] } }),
  ),

  'POST /api/v1/node-scheduling-policies': plain(reachingNodes, () => NODE_POLICY),
  'GET /api/v1/node-scheduling-policies': plain(),
  'GET /api/v1/node-scheduling-policies/self': plain(),
  'GET /api/v1/node-scheduling-policies/{policyId}': about(nodePolicyOf, reading, (policyId) => ({
    params: { policyId },
  })),
  'PUT /api/v1/node-scheduling-policies': about(
    nodePolicyOf,
    (situation, target) =>
      target === 'own' ? reachingNodes(situation, target) : changing(situation, target),
    (policyId) => ({ body: { policyId, ...NODE_POLICY } }),
  ),
  'DELETE /api/v1/node-scheduling-policies': about(nodePolicyOf, changing, (policyId) => ({
    body: { policyId },
  })),
  'GET /api/v1/node-scheduling-intents/self': plain(),
  'DELETE /api/v1/node-scheduling-intents': about(
    nodeIntentOf,
    (situation, target) =>
      // What reaches every process of a node is planned for nobody who is limited to some namespaces.
      situation === 'other tenant' ? 404 : changing(situation, target),
    (id) => ({ body: { intentIds: [id] } }),
  ),

  'GET /api/v1/keys': plain(ofEverything),
  'POST /api/v1/keys/rotate': plain(ofEverything),
  'GET /.well-known/jwks.json': plain(),

  'GET /api/v1/nodes': plain(),
  'GET /api/v1/nodes/{nodeID}': {
    targets: ['none', 'missing'],
    request: (_world, _caller, target) => ({
      params: { nodeID: target === 'missing' ? 'no-such-node' : NODE.name },
    }),
    expected: (_situation, target) => (target === 'missing' ? 404 : 200),
  },
  'GET /api/v1/nodes/{nodeID}/pods/pids': {
    targets: ['none', 'missing'],
    request: (_world, _caller, target) => ({
      params: { nodeID: target === 'missing' ? 'no-such-node' : NODE.name },
    }),
    // There is no agent on the node of the test's cluster.
    expected: (_situation, target) => (target === 'missing' ? 404 : 503),
  },
};
