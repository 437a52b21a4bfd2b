import { DomainError } from '../../../shared/domain/domain-error.js';
import type { Exclusion } from '../../domain/exclusion.js';
import type { Grant, PermissionKey } from '../../domain/permission.js';
import { grantsOf, type Principal } from '../../domain/principal.js';
import type { AuditTrail } from '../../ports/audit-trail.js';
import type { ExclusionStore } from '../../ports/exclusion-store.js';
import type { ReconcileWakeUp } from '../../ports/reconcile-wake-up.js';

/** What the rights to see and to take away an intent are called, for pods and for nodes. */
const READ = { pod: 'schedule_intent.read', node: 'node_scheduling_intent.read' } as const;
const DELETE = { pod: 'schedule_intent.delete', node: 'node_scheduling_intent.delete' } as const;

/** Intents that a person took away, of strategies and of node policies; lifted, they come back with the next pass. */
export class ExclusionService {
  readonly #exclusions: ExclusionStore;
  readonly #wakeUp: ReconcileWakeUp;
  readonly #trail: AuditTrail;

  constructor(exclusions: ExclusionStore, wakeUp: ReconcileWakeUp, trail: AuditTrail) {
    this.#exclusions = exclusions;
    this.#wakeUp = wakeUp;
    this.#trail = trail;
  }

  /** Of the caller's strategies and node policies, as far as the caller may see their intents; oldest first. */
  async listOwn(principal: Principal): Promise<Exclusion[]> {
    const all = await this.#exclusions.all();
    return all.filter(
      ({ kind, ownerId }) => ownerId === principal.user.id && reaches(principal, READ[kind], ownerId),
    );
  }

  /** All of them, or none. */
  async lift(principal: Principal, exclusionIds: readonly string[]): Promise<void> {
    const asked = new Set(exclusionIds);
    const found = (await this.#exclusions.all()).filter(
      ({ id, kind, ownerId }) => asked.has(id) && mayLift(principal, kind, ownerId),
    );
    if (found.length < asked.size) {
      const text = "one or more exclusions not found or you don't have permission to lift them";
      throw new DomainError('not_found', text);
    }
    await this.#exclusions.remove([...asked]);
    this.#wakeUp.request();
    await Promise.all(
      found.map(({ id, kind, sourceId, targetName }) =>
        this.#trail.record(principal.actor, {
          action: 'exclusion.lift',
          outcome: 'done',
          target: { kind: kind === 'pod' ? 'intent' : 'node_intent', id, name: targetName },
          before: kind === 'pod' ? { strategyId: sourceId } : { policyId: sourceId },
        }),
      ),
    );
  }
}

function mayLift(principal: Principal, kind: Exclusion['kind'], ownerId: string): boolean {
  const isOwn = ownerId === principal.user.id;
  return (
    reaches(principal, DELETE[kind], ownerId) && (isOwn || reaches(principal, 'strategy.read_all', ownerId))
  );
}

/** What is somebody else's, by grants without any limit only: an exclusion does not tell what its strategy may reach. */
function reaches(principal: Principal, key: PermissionKey, ownerId: string): boolean {
  const grants = grantsOf(principal, key);
  return ownerId === principal.user.id ? grants.length > 0 : grants.some(isUnlimited);
}

function isUnlimited({ ownOnly, k8sNamespaces, policyNamespaces, strongestPriority }: Grant): boolean {
  return !ownOnly && k8sNamespaces.length + policyNamespaces.length + strongestPriority === 0;
}
