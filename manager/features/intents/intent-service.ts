import { DomainError } from '../../../shared/domain/domain-error.js';
import type { Clock } from '../../../shared/lifecycle/clock.js';
import { type Exclusion, excludedIntents, refuseTooMany } from '../../domain/exclusion.js';
import type { PermissionKey } from '../../domain/permission.js';
import { grantsOf, type Principal } from '../../domain/principal.js';
import type { Strategy } from '../../domain/strategy.js';
import { reachesStrategy } from '../../domain/strategy-reach.js';
import type { AuditTrail } from '../../ports/audit-trail.js';
import type { ClusterView } from '../../ports/cluster-view.js';
import type { DeliveryView, PlannedIntent } from '../../ports/delivery-view.js';
import type { ExclusionStore } from '../../ports/exclusion-store.js';
import type { ReconcileWakeUp } from '../../ports/reconcile-wake-up.js';
import type { StrategyStore } from '../../ports/strategy-store.js';

export interface IntentServiceOptions {
  readonly strategies: StrategyStore;
  readonly exclusions: ExclusionStore;
  readonly delivery: DeliveryView;
  readonly cluster: ClusterView;
  readonly wakeUp: ReconcileWakeUp;
  readonly trail: AuditTrail;
  readonly clock: Clock;
}

/**
 * What was planned. Nothing of it is stored: who takes an intent away has that kept instead, as an exclusion
 * (DESIGN 3).
 */
export class IntentService {
  readonly #options: IntentServiceOptions;

  constructor(options: IntentServiceOptions) {
    this.#options = options;
  }

  async listOwn({ user }: Principal): Promise<PlannedIntent[]> {
    return this.#planned(await this.#options.strategies.ownedBy(user.id));
  }

  /** Of everybody's strategies that the caller may see. */
  async listAll(principal: Principal): Promise<PlannedIntent[]> {
    const grants = grantsOf(principal, 'strategy.read_all');
    const all = await this.#options.strategies.all();
    return this.#planned(all.filter((strategy) => reachesStrategy(grants, principal.user.id, strategy)));
  }

  /** Takes intents away until their pods are gone or the exclusions are lifted. All of them, or none. */
  async exclude(principal: Principal, intentIds: readonly string[]): Promise<void> {
    const { exclusions, strategies, trail, wakeUp } = this.#options;
    const asked = new Set(intentIds);
    const changeable = (await strategies.all()).filter((strategy) => mayExclude(principal, strategy));
    const found = (await this.#planned(changeable)).filter(({ intent }) => asked.has(intent.id));
    if (found.length < asked.size) {
      const text = "one or more intents not found or you don't have permission to delete them";
      throw new DomainError('not_found', text);
    }
    const added = this.#exclusionsOf(found, changeable);
    refuseTooMany(await exclusions.all(), added);
    await exclusions.add(added);
    wakeUp.request();
    await Promise.all(
      added.map(({ id, sourceId, targetId, targetName }) =>
        trail.record(principal.actor, {
          action: 'intent.exclude',
          outcome: 'done',
          target: { kind: 'intent', id, name: targetName },
          after: { strategyId: sourceId, podUid: targetId },
        }),
      ),
    );
  }

  /** What a pass plans next: of strategies that are there now, without what is excluded now. */
  async #planned(strategies: readonly Strategy[]): Promise<PlannedIntent[]> {
    const wanted = new Set(strategies.map(({ id }) => id));
    const excluded = excludedIntents(await this.#options.exclusions.all(), 'pod');
    const found: PlannedIntent[] = [];
    for (const planned of this.#options.delivery.plannedIntents()) {
      const { id, strategyID } = planned.intent;
      if (wanted.has(strategyID) && !excluded.has(id)) found.push(planned);
    }
    return found;
  }

  #exclusionsOf(found: readonly PlannedIntent[], strategies: readonly Strategy[]): Exclusion[] {
    const { clock, cluster } = this.#options;
    const owners = new Map(strategies.map(({ id, ownerId }) => [id, ownerId]));
    const cgroupUids = new Set(found.map(({ intent }) => intent.podID));
    // A mirror pod's processes carry another uid than the pod (DESIGN 4).
    const podUids = new Map<string, string>();
    for (const { uid, cgroupUid } of cluster.pods()) {
      if (cgroupUids.has(cgroupUid)) podUids.set(cgroupUid, uid);
    }
    return found.map(({ intent: { id, strategyID, podID, podName, k8sNamespace } }) => ({
      id,
      kind: 'pod',
      sourceId: strategyID,
      targetId: podUids.get(podID) ?? podID,
      targetName: `${k8sNamespace}/${podName}`,
      ownerId: owners.get(strategyID) ?? '',
      createdTime: clock.now(),
    }));
  }
}

/** Somebody else's strategy must be one that the caller sees, too. */
function mayExclude(principal: Principal, strategy: Strategy): boolean {
  const { user } = principal;
  const reaches = (key: PermissionKey) => reachesStrategy(grantsOf(principal, key), user.id, strategy);
  return reaches('schedule_intent.delete') && (strategy.ownerId === user.id || reaches('strategy.read_all'));
}
