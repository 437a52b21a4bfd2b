import { DomainError } from '../../../shared/domain/domain-error.js';
import { overtaken, refuseOtherRevision } from '../../../shared/domain/revision.js';
import type { Clock } from '../../../shared/lifecycle/clock.js';
import { accepted } from '../../domain/accepted-draft.js';
import type { AuditEvent } from '../../domain/audit-entry.js';
import { changedFields } from '../../domain/audit-facts.js';
import type { NodePolicy, NodePolicySpec } from '../../domain/node-policy.js';
import { reachesNodePolicy, whyNodesOutOfReach } from '../../domain/node-policy-reach.js';
import { checkNodePolicy, type NodePolicyDraft } from '../../domain/node-policy-rules.js';
import { outOfReach } from '../../domain/out-of-reach.js';
import type { Grant, PermissionKey } from '../../domain/permission.js';
import { grantsOf, type Principal } from '../../domain/principal.js';
import { grantsOver } from '../../domain/strategy-reach.js';
import type { AuditTrail } from '../../ports/audit-trail.js';
import type { DeliveryView } from '../../ports/delivery-view.js';
import type { ExclusionStore } from '../../ports/exclusion-store.js';
import type { NodePolicyStore } from '../../ports/node-policy-store.js';
import type { ReconcileWakeUp } from '../../ports/reconcile-wake-up.js';
import type { Repeatable, RepeatedRequests } from '../../ports/repeated-requests.js';

/** A draft, with what the decoder had to say about the body it came in. */
export interface NodePolicyInput {
  readonly draft: NodePolicyDraft;
  readonly unknownKeys: readonly string[];
}

export interface SavedNodePolicy {
  readonly id: string;
  readonly revision: number;
  readonly warnings: readonly string[];
}

export interface NodePolicyServiceOptions {
  readonly policies: NodePolicyStore;
  readonly exclusions: ExclusionStore;
  readonly delivery: DeliveryView;
  readonly wakeUp: ReconcileWakeUp;
  readonly trail: AuditTrail;
  readonly repeated: RepeatedRequests;
  readonly clock: Clock;
}

const CREATE = 'POST /api/v1/node-scheduling-policies';

/** Of one owner. Each of them may concern every node, so there must be an end. */
const MOST_POLICIES = 500;

/** Node policies of their owners. A change is saved, the control loop is woken, which does the rest, and it is recorded. */
export class NodePolicyService {
  readonly #options: NodePolicyServiceOptions;

  constructor(options: NodePolicyServiceOptions) {
    this.#options = options;
  }

  /** @param key The header Idempotency-Key: the same request with the same key makes one node policy. */
  async create(
    principal: Principal,
    input: NodePolicyInput,
    key: string | undefined,
  ): Promise<Repeatable<SavedNodePolicy>> {
    const request = { userId: principal.user.id, route: CREATE, key, body: input };
    return this.#options.repeated.once(request, (id) => this.#createOnce(principal, input, id));
  }

  async #createOnce(principal: Principal, input: NodePolicyInput, id: string): Promise<SavedNodePolicy> {
    const { policies, wakeUp, clock } = this.#options;
    const { spec, warnings } = check(grantsOf(principal, 'node_scheduling_policy.create'), input);
    const ownerId = principal.user.id;
    const own = await policies.ownedBy(ownerId);
    // There is one already where an earlier request with this key was broken off before it was answered.
    if (own.every((policy) => policy.id !== id)) {
      if (own.length >= MOST_POLICIES) throw tooMany();
      const now = clock.now();
      await policies.insert({ id, ownerId, spec, createdTime: now, updatedTime: now, revision: 1 });
    }
    wakeUp.request();
    await this.#record(principal, 'node_policy.create', id, { after: { ...spec } });
    return { id, revision: 1, warnings };
  }

  /**
   * Replaces the whole specification. `not_found` for what the caller does not reach: it is none of theirs.
   *
   * @param expectedRevision `conflict` when it is another one by now; undefined = whatever there is.
   */
  async update(
    principal: Principal,
    id: string,
    input: NodePolicyInput,
    expectedRevision: number | undefined,
  ): Promise<SavedNodePolicy> {
    const { policies, wakeUp, clock } = this.#options;
    const known = await this.#changeable(principal, 'node_scheduling_policy.update', id, 'update');
    const grants = grantsOf(principal, 'node_scheduling_policy.update');
    const { spec, warnings } = check(grantsOver(grants, principal.user.id, known.ownerId), input);
    refuseOtherRevision('node policy', expectedRevision, known.revision);
    const revision = known.revision + 1;
    const changed = { ...known, spec, updatedTime: clock.now(), revision };
    if (!(await policies.replace(changed, known.revision))) {
      const now = await policies.get(id);
      if (now === undefined) throw outOfReach('node policy', 'update');
      throw overtaken('node policy', now.revision);
    }
    wakeUp.request();
    await this.#record(principal, 'node_policy.update', id, changedFields({ ...known.spec }, { ...spec }));
    return { id, revision, warnings };
  }

  /** What was excluded from the policy goes with it. */
  async delete(principal: Principal, id: string): Promise<void> {
    const { policies, exclusions, wakeUp } = this.#options;
    const known = await this.#changeable(principal, 'node_scheduling_policy.delete', id, 'delete');
    if (!(await policies.delete(id))) throw outOfReach('node policy', 'delete');
    wakeUp.request();
    const before = { ownerId: known.ownerId, ...known.spec };
    await this.#record(principal, 'node_policy.delete', id, { before });
    await exclusions.removeOfSource(id);
  }

  listOwn({ user }: Principal): Promise<readonly NodePolicy[]> {
    return this.#options.policies.ownedBy(user.id);
  }

  /** Everybody's that the caller may see, oldest first. */
  async listAll(principal: Principal): Promise<readonly NodePolicy[]> {
    const grants = grantsOf(principal, 'strategy.read_all');
    const all = await this.#options.policies.all();
    return all.filter((policy) => reachesNodePolicy(grants, principal.user.id, policy));
  }

  async get(principal: Principal, id: string): Promise<NodePolicy> {
    const policy = await this.#options.policies.get(id);
    if (policy === undefined) throw outOfReach('node policy', 'read');
    const refusal = whyNotRead(principal, policy);
    if (refusal !== undefined) throw outOfReach('node policy', 'read', refusal);
    return policy;
  }

  /** How many nodes each policy concerns in the current plan, by policy id. */
  matchedNodes(): ReadonlyMap<string, number> {
    const counts = new Map<string, number>();
    for (const { intent } of this.#options.delivery.plannedNodeIntents()) {
      counts.set(intent.policyID, (counts.get(intent.policyID) ?? 0) + 1);
    }
    return counts;
  }

  async #changeable(principal: Principal, key: PermissionKey, id: string, verb: string): Promise<NodePolicy> {
    const policy = await this.#options.policies.get(id);
    if (policy === undefined) throw outOfReach('node policy', verb);
    const isOwn = policy.ownerId === principal.user.id;
    const refusal = isOwn ? undefined : whyNotRead(principal, policy);
    if (refusal !== undefined) throw outOfReach('node policy', verb, refusal);
    if (reachesNodePolicy(grantsOf(principal, key), principal.user.id, policy)) return policy;
    throw outOfReach('node policy', verb, `the grants for ${key} do not reach node policy ${id}`);
  }

  #record(
    { actor }: Principal,
    action: string,
    id: string,
    facts: Pick<AuditEvent, 'before' | 'after'>,
  ): Promise<void> {
    const target = { kind: 'node_policy', id, name: '' };
    return this.#options.trail.record(actor, { action, outcome: 'done', target, ...facts });
  }
}

function check(
  grants: readonly Grant[],
  { draft, unknownKeys }: NodePolicyInput,
): { readonly spec: NodePolicySpec; readonly warnings: readonly string[] } {
  const { spec, warnings } = accepted(checkNodePolicy(draft), unknownKeys);
  const reason = whyNodesOutOfReach(grants, spec.priority);
  if (reason !== undefined) throw new DomainError('forbidden', `permission denied: ${reason}`);
  return { spec, warnings };
}

/** The own one by the right to read at all, somebody else's by the right to see everybody's. */
function whyNotRead(principal: Principal, policy: NodePolicy): string | undefined {
  const isOwn = policy.ownerId === principal.user.id;
  const key = isOwn ? 'node_scheduling_policy.read' : 'strategy.read_all';
  if (reachesNodePolicy(grantsOf(principal, key), principal.user.id, policy)) return undefined;
  return `the grants for ${key} do not reach node policy ${policy.id}`;
}

function tooMany(): DomainError {
  return new DomainError(
    'conflict',
    `at most ${MOST_POLICIES} node policies of one owner can be kept: delete some, or let one choose more nodes`,
  );
}
