import { DomainError } from '../../../shared/domain/domain-error.js';
import type { Clock } from '../../../shared/lifecycle/clock.js';
import type { AuditActor, AuditEvent, AuditTarget } from '../../domain/audit-entry.js';
import type { NodePolicy } from '../../domain/node-policy.js';
import type { Strategy } from '../../domain/strategy.js';
import type { AuditTrail } from '../../ports/audit-trail.js';
import type { ExclusionStore } from '../../ports/exclusion-store.js';
import type { NodePolicyStore } from '../../ports/node-policy-store.js';
import type { StrategyStore } from '../../ports/strategy-store.js';

export interface OwnedWorkParts {
  readonly strategies: StrategyStore;
  readonly nodePolicies: NodePolicyStore;
  readonly exclusions: ExclusionStore;
  readonly audit: AuditTrail;
  readonly clock: Clock;
}

/** How much somebody owns. */
export interface OwnedCount {
  readonly strategies: number;
  readonly nodePolicies: number;
}

/** What belongs to a user who goes: strategies and node policies, each with its exclusions. */
export class OwnedWork {
  readonly #parts: OwnedWorkParts;

  constructor(parts: OwnedWorkParts) {
    this.#parts = parts;
  }

  async count(ownerId: string): Promise<OwnedCount> {
    const { strategies, nodePolicies } = await this.#of(ownerId);
    return { strategies: strategies.length, nodePolicies: nodePolicies.length };
  }

  /** The names that would be there twice if one got what the other has. */
  async namesInBoth(ownerId: string, otherId: string): Promise<readonly string[]> {
    const taken = new Set((await this.#parts.strategies.ownedBy(otherId)).map(({ spec }) => spec.name));
    const { strategies } = await this.#of(ownerId);
    return strategies.map(({ spec }) => spec.name).filter((name) => name !== '' && taken.has(name));
  }

  async deleteAll(ownerId: string, actor: AuditActor): Promise<OwnedCount> {
    const { strategies, nodePolicies } = await this.#of(ownerId);
    for (const strategy of strategies) {
      await this.#parts.strategies.delete(strategy.id);
      await this.#parts.exclusions.removeOfSource(strategy.id);
      await this.#tell(actor, 'strategy.delete', strategyTarget(strategy), { ...strategy.spec, ownerId });
    }
    for (const policy of nodePolicies) {
      await this.#parts.nodePolicies.delete(policy.id);
      await this.#parts.exclusions.removeOfSource(policy.id);
      await this.#tell(actor, 'node_policy.delete', policyTarget(policy), { ...policy.spec, ownerId });
    }
    return { strategies: strategies.length, nodePolicies: nodePolicies.length };
  }

  /** The exclusions first: a strategy or policy that still is to be handed over is found again, they are not. */
  async handOver(ownerId: string, newOwnerId: string, actor: AuditActor): Promise<OwnedCount> {
    const { strategies, nodePolicies } = await this.#of(ownerId);
    for (const strategy of strategies) {
      const changed = { ...strategy, ...this.#owned(strategy, newOwnerId) };
      await this.#parts.exclusions.handOver(strategy.id, newOwnerId);
      if (!(await this.#parts.strategies.replace(changed, strategy.revision))) throw changedMeanwhile();
      await this.#tell(
        actor,
        'strategy.update',
        strategyTarget(strategy),
        { ownerId },
        { ownerId: newOwnerId },
      );
    }
    for (const policy of nodePolicies) {
      const changed = { ...policy, ...this.#owned(policy, newOwnerId) };
      await this.#parts.exclusions.handOver(policy.id, newOwnerId);
      if (!(await this.#parts.nodePolicies.replace(changed, policy.revision))) throw changedMeanwhile();
      await this.#tell(
        actor,
        'node_policy.update',
        policyTarget(policy),
        { ownerId },
        { ownerId: newOwnerId },
      );
    }
    return { strategies: strategies.length, nodePolicies: nodePolicies.length };
  }

  async #of(ownerId: string) {
    const [strategies, nodePolicies] = await Promise.all([
      this.#parts.strategies.ownedBy(ownerId),
      this.#parts.nodePolicies.ownedBy(ownerId),
    ]);
    return { strategies, nodePolicies };
  }

  #owned({ revision }: { readonly revision: number }, ownerId: string) {
    return { ownerId, updatedTime: this.#parts.clock.now(), revision: revision + 1 };
  }

  #tell(
    actor: AuditActor,
    action: string,
    target: AuditTarget,
    before: AuditEvent['before'],
    after?: AuditEvent['after'],
  ): Promise<void> {
    return this.#parts.audit.record(actor, { action, outcome: 'done', target, before, after });
  }
}

function strategyTarget({ id, spec }: Strategy): AuditTarget {
  return { kind: 'strategy', id, name: spec.name };
}

function policyTarget({ id }: NodePolicy): AuditTarget {
  return { kind: 'node_policy', id, name: '' };
}

function changedMeanwhile(): DomainError {
  return new DomainError('conflict', 'what the user owns is being changed: try again');
}
