import { DomainError, type Fault, invalid } from '../../../shared/domain/domain-error.js';
import type { Clock } from '../../../shared/lifecycle/clock.js';
import { type PermissionKey, reachesOwner } from '../../domain/permission.js';
import { grantsOf, type Principal } from '../../domain/principal.js';
import type { Strategy, StrategySpec } from '../../domain/strategy.js';
import { whyOutOfReach } from '../../domain/strategy-reach.js';
import { checkStrategy, type StrategyDraft } from '../../domain/strategy-rules.js';
import type { DeliveryView } from '../../ports/delivery-view.js';
import type { IdSource } from '../../ports/id-source.js';
import type { ReconcileWakeUp } from '../../ports/reconcile-wake-up.js';
import type { StrategyStore } from '../../ports/strategy-store.js';

/** A draft, with what the decoder had to say about the body it came in. */
export interface StrategyInput {
  readonly draft: StrategyDraft;
  readonly unknownKeys: readonly string[];
}

export interface Saved {
  readonly id: string;
  readonly warnings: readonly string[];
}

/** Strategies of their owners. A change is saved, then the control loop is woken: it does the rest. */
export class StrategyService {
  readonly #store: StrategyStore;
  readonly #delivery: DeliveryView;
  readonly #wakeUp: ReconcileWakeUp;
  readonly #ids: IdSource;
  readonly #clock: Clock;

  constructor(
    store: StrategyStore,
    delivery: DeliveryView,
    wakeUp: ReconcileWakeUp,
    ids: IdSource,
    clock: Clock,
  ) {
    this.#store = store;
    this.#delivery = delivery;
    this.#wakeUp = wakeUp;
    this.#ids = ids;
    this.#clock = clock;
  }

  async create(principal: Principal, input: StrategyInput): Promise<Saved> {
    const { spec, warnings } = this.#check(principal, 'schedule_strategy.create', input);
    const now = this.#clock.now();
    const id = this.#ids.newId();
    const ownerId = principal.user.id;
    await this.#store.insert({ id, ownerId, spec, createdTime: now, updatedTime: now, revision: 1 });
    this.#wakeUp.request();
    return { id, warnings };
  }

  /** Replaces the whole specification. `not_found` for somebody else's strategy too: it is none of theirs. */
  async update(principal: Principal, id: string, input: StrategyInput): Promise<Saved> {
    const known = await this.#reachable(principal, 'schedule_strategy.update', id, 'update');
    const { spec, warnings } = this.#check(principal, 'schedule_strategy.update', input);
    const changed = { ...known, spec, updatedTime: this.#clock.now(), revision: known.revision + 1 };
    if (!(await this.#store.replace(changed, known.revision))) {
      throw new DomainError('conflict', 'the strategy was changed at the same time: read it and try again');
    }
    this.#wakeUp.request();
    return { id, warnings };
  }

  async delete(principal: Principal, id: string): Promise<void> {
    await this.#reachable(principal, 'schedule_strategy.delete', id, 'delete');
    if (!(await this.#store.delete(id))) throw notFound('delete');
    this.#wakeUp.request();
  }

  listOwn({ user }: Principal): Promise<readonly Strategy[]> {
    return this.#store.ownedBy(user.id);
  }

  async get(principal: Principal, id: string): Promise<Strategy> {
    return this.#reachable(principal, 'schedule_strategy.read', id, 'read');
  }

  /** How many pods each strategy concerns in the current plan, by strategy id. */
  matchedPods(): ReadonlyMap<string, number> {
    const counts = new Map<string, number>();
    for (const { intent } of this.#delivery.plannedIntents()) {
      counts.set(intent.strategyID, (counts.get(intent.strategyID) ?? 0) + 1);
    }
    return counts;
  }

  #check(
    principal: Principal,
    key: PermissionKey,
    { draft, unknownKeys }: StrategyInput,
  ): { readonly spec: StrategySpec; readonly warnings: readonly string[] } {
    const faults: Fault[] = unknownKeys.map((field) => ({ field, reason: 'is not a known key' }));
    const checked = checkStrategy(draft);
    if (!checked.ok) faults.push(...checked.faults);
    if (faults.length > 0 || !checked.ok) throw invalid(faults);
    const { spec, warnings } = checked;
    const reason = whyOutOfReach(grantsOf(principal, key), spec, spec.k8sNamespace);
    if (reason !== undefined) throw new DomainError('forbidden', `permission denied: ${reason}`);
    return { spec, warnings };
  }

  async #reachable(principal: Principal, key: PermissionKey, id: string, verb: string): Promise<Strategy> {
    const strategy = ID.test(id) ? await this.#store.get(id) : undefined;
    // Nobody reaches other people's strategies yet, whatever their grants: there is no permission key for it.
    const isOwn = strategy?.ownerId === principal.user.id;
    if (strategy === undefined || !isOwn) throw notFound(verb);
    if (!reachesOwner(grantsOf(principal, key), principal.user.id, strategy.ownerId)) throw notFound(verb);
    return strategy;
  }
}

const ID = /^[0-9a-f]{24}$/;

function notFound(verb: string): DomainError {
  return new DomainError('not_found', `strategy not found or you don't have permission to ${verb} it`);
}
