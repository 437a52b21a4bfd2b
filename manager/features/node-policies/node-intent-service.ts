import { DomainError } from '../../../shared/domain/domain-error.js';
import type { Clock } from '../../../shared/lifecycle/clock.js';
import { type Exclusion, excludedIntents, refuseTooMany } from '../../domain/exclusion.js';
import type { NodePolicy } from '../../domain/node-policy.js';
import { reachesNodePolicy } from '../../domain/node-policy-reach.js';
import type { PermissionKey } from '../../domain/permission.js';
import { grantsOf, type Principal } from '../../domain/principal.js';
import type { AuditTrail } from '../../ports/audit-trail.js';
import type { DeliveryView, PlannedNodeIntent } from '../../ports/delivery-view.js';
import type { ExclusionStore } from '../../ports/exclusion-store.js';
import type { NodePolicyStore } from '../../ports/node-policy-store.js';
import type { ReconcileWakeUp } from '../../ports/reconcile-wake-up.js';

export interface NodeIntentServiceOptions {
  readonly policies: NodePolicyStore;
  readonly exclusions: ExclusionStore;
  readonly delivery: DeliveryView;
  readonly wakeUp: ReconcileWakeUp;
  readonly trail: AuditTrail;
  readonly clock: Clock;
}

/**
 * What was planned of node policies. Nothing of it is stored: who takes a node intent away has that kept instead, as
 * an exclusion (DESIGN 3).
 */
export class NodeIntentService {
  readonly #options: NodeIntentServiceOptions;

  constructor(options: NodeIntentServiceOptions) {
    this.#options = options;
  }

  async listOwn({ user }: Principal): Promise<PlannedNodeIntent[]> {
    return this.#planned(await this.#options.policies.ownedBy(user.id));
  }

  /** Takes node intents away until their nodes are gone or the exclusions are lifted. All of them, or none. */
  async exclude(principal: Principal, intentIds: readonly string[]): Promise<void> {
    const { exclusions, policies, trail, wakeUp } = this.#options;
    const asked = new Set(intentIds);
    const changeable = (await policies.all()).filter((policy) => mayExclude(principal, policy));
    const found = (await this.#planned(changeable)).filter(({ intent }) => asked.has(intent.id));
    if (found.length < asked.size) {
      const text = "one or more node intents not found or you don't have permission to delete them";
      throw new DomainError('not_found', text);
    }
    const added = this.#exclusionsOf(found, changeable);
    refuseTooMany(await exclusions.all(), added);
    await exclusions.add(added);
    wakeUp.request();
    await Promise.all(
      added.map(({ id, sourceId, targetName }) =>
        trail.record(principal.actor, {
          action: 'intent.exclude',
          outcome: 'done',
          target: { kind: 'node_intent', id, name: targetName },
          after: { policyId: sourceId, nodeName: targetName },
        }),
      ),
    );
  }

  /** What a pass plans next: of policies that are there now, without what is excluded now. */
  async #planned(policies: readonly NodePolicy[]): Promise<PlannedNodeIntent[]> {
    const wanted = new Set(policies.map(({ id }) => id));
    const excluded = excludedIntents(await this.#options.exclusions.all(), 'node');
    const found: PlannedNodeIntent[] = [];
    for (const planned of this.#options.delivery.plannedNodeIntents()) {
      const { id, policyID } = planned.intent;
      if (wanted.has(policyID) && !excluded.has(id)) found.push(planned);
    }
    return found;
  }

  #exclusionsOf(found: readonly PlannedNodeIntent[], policies: readonly NodePolicy[]): Exclusion[] {
    const owners = new Map(policies.map(({ id, ownerId }) => [id, ownerId]));
    return found.map(({ intent: { id, policyID, nodeID } }) => ({
      id,
      kind: 'node',
      sourceId: policyID,
      targetId: nodeID,
      targetName: nodeID,
      ownerId: owners.get(policyID) ?? '',
      createdTime: this.#options.clock.now(),
    }));
  }
}

/** Somebody else's policy must be one that the caller sees, too. */
function mayExclude(principal: Principal, policy: NodePolicy): boolean {
  const { user } = principal;
  const reaches = (key: PermissionKey) => reachesNodePolicy(grantsOf(principal, key), user.id, policy);
  return (
    reaches('node_scheduling_intent.delete') && (policy.ownerId === user.id || reaches('strategy.read_all'))
  );
}
