import { DomainError } from '../../../shared/domain/domain-error.js';
import { overtaken, refuseOtherRevision } from '../../../shared/domain/revision.js';
import type { Clock } from '../../../shared/lifecycle/clock.js';
import { accepted } from '../../domain/accepted-draft.js';
import type { AuditEvent } from '../../domain/audit-entry.js';
import { changedFields } from '../../domain/audit-facts.js';
import { outOfReach } from '../../domain/out-of-reach.js';
import type { Grant, PermissionKey } from '../../domain/permission.js';
import { grantsOf, type Principal } from '../../domain/principal.js';
import type { Strategy, StrategySpec } from '../../domain/strategy.js';
import { grantsOver, reachesStrategy, whyOutOfReach } from '../../domain/strategy-reach.js';
import { checkStrategy, type StrategyDraft } from '../../domain/strategy-rules.js';
import type { AuditTrail } from '../../ports/audit-trail.js';
import type { DeliveryView } from '../../ports/delivery-view.js';
import type { ExclusionStore } from '../../ports/exclusion-store.js';
import type { ReconcileWakeUp } from '../../ports/reconcile-wake-up.js';
import type { Repeatable, RepeatedRequests } from '../../ports/repeated-requests.js';
import type { StrategyStore } from '../../ports/strategy-store.js';

/** A draft, with what the decoder had to say about the body it came in. */
export interface StrategyInput {
  readonly draft: StrategyDraft;
  readonly unknownKeys: readonly string[];
}

/** Which strategies are asked for; what is given must be equal. */
export interface StrategyFilter {
  readonly owner?: string | undefined;
  readonly namespace?: string | undefined;
  readonly name?: string | undefined;
}

export interface Created {
  readonly id: string;
  readonly warnings: readonly string[];
}

export interface Saved extends Created {
  readonly revision: number;
}

export interface StrategyServiceOptions {
  readonly strategies: StrategyStore;
  readonly exclusions: ExclusionStore;
  readonly delivery: DeliveryView;
  readonly wakeUp: ReconcileWakeUp;
  readonly trail: AuditTrail;
  readonly repeated: RepeatedRequests;
  readonly clock: Clock;
}

const CREATE = 'POST /api/v1/strategies';

/** Strategies of their owners. A change is saved, the control loop is woken, which does the rest, and it is recorded. */
export class StrategyService {
  readonly #options: StrategyServiceOptions;

  constructor(options: StrategyServiceOptions) {
    this.#options = options;
  }

  /** @param key The header Idempotency-Key: the same request with the same key makes one strategy. */
  async create(
    principal: Principal,
    input: StrategyInput,
    key: string | undefined,
  ): Promise<Repeatable<Created>> {
    const request = { userId: principal.user.id, route: CREATE, key, body: input };
    return this.#options.repeated.once(request, (id) => this.#createOnce(principal, input, id));
  }

  async #createOnce(principal: Principal, input: StrategyInput, id: string): Promise<Created> {
    const { strategies, wakeUp, clock } = this.#options;
    const grants = grantsOf(principal, 'schedule_strategy.create');
    const { spec, warnings } = check(grants, input);
    // There is one already where an earlier request with this key was broken off before it was answered.
    if ((await strategies.get(id)) === undefined) {
      const now = clock.now();
      const ownerId = principal.user.id;
      await strategies.insert({ id, ownerId, spec, createdTime: now, updatedTime: now, revision: 1 });
    }
    wakeUp.request();
    await this.#record(principal, 'strategy.create', { id, spec }, { after: { ...spec } });
    return { id, warnings };
  }

  /**
   * Replaces the whole specification. `not_found` for what the caller does not reach: it is none of theirs.
   *
   * @param expectedRevision `conflict` when it is another one by now; undefined = whatever there is.
   */
  async update(
    principal: Principal,
    id: string,
    input: StrategyInput,
    expectedRevision: number | undefined,
  ): Promise<Saved> {
    const { strategies, wakeUp, clock } = this.#options;
    const known = await this.#changeable(principal, 'schedule_strategy.update', id, 'update');
    const grants = grantsOf(principal, 'schedule_strategy.update');
    const { spec, warnings } = check(grantsOver(grants, principal.user.id, known.ownerId), input);
    refuseOtherRevision('strategy', expectedRevision, known.revision);
    const revision = known.revision + 1;
    if (!(await strategies.replace({ ...known, spec, updatedTime: clock.now(), revision }, known.revision))) {
      const now = await strategies.get(id);
      if (now === undefined) throw outOfReach('strategy', 'update');
      throw overtaken('strategy', now.revision);
    }
    wakeUp.request();
    await this.#record(principal, 'strategy.update', known, changedFields({ ...known.spec }, { ...spec }));
    return { id, revision, warnings };
  }

  /** What was excluded from the strategy goes with it. */
  async delete(principal: Principal, id: string): Promise<void> {
    const { strategies, exclusions, wakeUp } = this.#options;
    const known = await this.#changeable(principal, 'schedule_strategy.delete', id, 'delete');
    if (!(await strategies.delete(id))) throw outOfReach('strategy', 'delete');
    wakeUp.request();
    await this.#record(principal, 'strategy.delete', known, {
      before: { ownerId: known.ownerId, ...known.spec },
    });
    await exclusions.removeOfSource(id);
  }

  listOwn({ user }: Principal): Promise<readonly Strategy[]> {
    return this.#options.strategies.ownedBy(user.id);
  }

  /** Everybody's that the caller may see, oldest first. */
  async listAll(principal: Principal, { owner, namespace, name }: StrategyFilter): Promise<Strategy[]> {
    const { strategies } = this.#options;
    const all = await (owner === undefined ? strategies.all() : strategies.ownedBy(owner));
    const grants = grantsOf(principal, 'strategy.read_all');
    return all.filter(
      (strategy) =>
        (namespace === undefined || strategy.spec.strategyNamespace === namespace) &&
        (name === undefined || strategy.spec.name === name) &&
        reachesStrategy(grants, principal.user.id, strategy),
    );
  }

  async get(principal: Principal, id: string): Promise<Strategy> {
    const strategy = await this.#options.strategies.get(id);
    if (strategy === undefined) throw outOfReach('strategy', 'read');
    const refusal = whyNotRead(principal, strategy);
    if (refusal !== undefined) throw outOfReach('strategy', 'read', refusal);
    return strategy;
  }

  /** How many pods each strategy concerns in the current plan, by strategy id. */
  matchedPods(): ReadonlyMap<string, number> {
    const counts = new Map<string, number>();
    for (const { intent } of this.#options.delivery.plannedIntents()) {
      counts.set(intent.strategyID, (counts.get(intent.strategyID) ?? 0) + 1);
    }
    return counts;
  }

  async #changeable(principal: Principal, key: PermissionKey, id: string, verb: string): Promise<Strategy> {
    const strategy = await this.#options.strategies.get(id);
    if (strategy === undefined) throw outOfReach('strategy', verb);
    const isOwn = strategy.ownerId === principal.user.id;
    const refusal = isOwn ? undefined : whyNotRead(principal, strategy);
    if (refusal !== undefined) throw outOfReach('strategy', verb, refusal);
    if (!reachesStrategy(grantsOf(principal, key), principal.user.id, strategy)) {
      throw outOfReach('strategy', verb, `the grants for ${key} do not reach strategy ${id}`);
    }
    return strategy;
  }

  #record(
    { actor }: Principal,
    action: string,
    { id, spec }: Pick<Strategy, 'id' | 'spec'>,
    facts: Pick<AuditEvent, 'before' | 'after'>,
  ): Promise<void> {
    const target = { kind: 'strategy', id, name: spec.name };
    return this.#options.trail.record(actor, { action, outcome: 'done', target, ...facts });
  }
}

function check(
  grants: readonly Grant[],
  { draft, unknownKeys }: StrategyInput,
): { readonly spec: StrategySpec; readonly warnings: readonly string[] } {
  const { spec, warnings } = accepted(checkStrategy(draft), unknownKeys);
  const reason = whyOutOfReach(grants, spec, spec.k8sNamespace);
  if (reason !== undefined) throw new DomainError('forbidden', `permission denied: ${reason}`);
  return { spec, warnings };
}

/** The own one, by the right to read at all; somebody else's by the right to see everybody's. */
function whyNotRead(principal: Principal, strategy: Strategy): string | undefined {
  const isOwn = strategy.ownerId === principal.user.id;
  const key = isOwn ? 'schedule_strategy.read' : 'strategy.read_all';
  if (reachesStrategy(grantsOf(principal, key), principal.user.id, strategy)) return undefined;
  return `the grants for ${key} do not reach strategy ${strategy.id}`;
}
