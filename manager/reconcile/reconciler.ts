import { messageOf } from '../../shared/domain/domain-error.js';
import type { Clock } from '../../shared/lifecycle/clock.js';
import type { Component } from '../../shared/lifecycle/component.js';
import type { WakeUp } from '../../shared/lifecycle/wake-up.js';
import type { Logger } from '../../shared/observability/logger.js';
import { rolesOf } from '../domain/administration.js';
import { excludedIntents } from '../domain/exclusion.js';
import { nextExpiry, planIntents } from '../domain/intent-planning.js';
import { type Grant, grantsFor, type PermissionKey } from '../domain/permission.js';
import type { ClusterView } from '../ports/cluster-view.js';
import type { ExclusionStore } from '../ports/exclusion-store.js';
import type { NodePolicyStore } from '../ports/node-policy-store.js';
import type { RoleStore } from '../ports/role-store.js';
import type { StrategyStore } from '../ports/strategy-store.js';
import type { UserStore } from '../ports/user-store.js';
import type { DeliveryMetrics } from './delivery-metrics.js';
import type { NodeFleet } from './node-fleet.js';
import { NodeIntentPlanner } from './node-intent-planner.js';

export interface ReconcilerOptions {
  readonly cluster: ClusterView;
  readonly strategies: StrategyStore;
  readonly nodePolicies: NodePolicyStore;
  readonly exclusions: ExclusionStore;
  readonly users: UserStore;
  readonly roles: RoleStore;
  readonly fleet: NodeFleet;
  readonly wakeUp: WakeUp;
  readonly protectedNamespaces: ReadonlySet<string>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: DeliveryMetrics;
}

const RETRY_AFTER_FAILURE_MS = 1_000;

/**
 * The control loop. Whatever happens only wakes it; a pass reads strategies, rights and the cluster as they are
 * now, plans every node's set and offers it to the deliveries. Losing, merging or repeating wake-ups is harmless.
 * Nothing is planned before the cluster has been listed: a half-seen cluster would take boosts away.
 */
export class Reconciler implements Component {
  readonly name = 'control loop';
  readonly #options: ReconcilerOptions;
  readonly #nodeIntentPlanner = new NodeIntentPlanner();
  readonly #end = new AbortController();
  #loop: Promise<void> = Promise.resolve();
  #passes = 0;
  /** Aborted when a newer pass sets another alarm. */
  #alarm = new AbortController();

  constructor(options: ReconcilerOptions) {
    this.#options = options;
  }

  /** Complete passes so far; 0 means that nothing has been planned yet. */
  get passes(): number {
    return this.#passes;
  }

  async start(): Promise<void> {
    this.#options.cluster.onChange(() => this.#options.wakeUp.request());
    this.#options.wakeUp.request();
    this.#loop = this.#run(this.#end.signal);
  }

  async stop(): Promise<void> {
    this.#end.abort();
    this.#alarm.abort();
    await this.#loop;
  }

  async #run(signal: AbortSignal): Promise<void> {
    const { cluster, clock, logger, wakeUp } = this.#options;
    while (!signal.aborted) {
      await wakeUp.next(signal);
      if (signal.aborted || !cluster.synced) continue;
      try {
        await this.#pass();
      } catch (error) {
        logger.error({ reason: messageOf(error) }, 'pass failed, trying again');
        this.#wakeAfter(clock.now() + RETRY_AFTER_FAILURE_MS);
      }
    }
  }

  async #pass(): Promise<void> {
    const { cluster, clock, fleet, metrics, protectedNamespaces } = this.#options;
    const startedAtMs = clock.monotonicMs();
    const { strategies, policies, exclusions, grantsOf } = await this.#read();
    const nowMs = clock.now();
    const intents = planIntents({
      strategies,
      pods: cluster.pods(),
      nowMs,
      protectedNamespaces,
      excluded: excludedIntents(exclusions, 'pod'),
      grantsOf: grantsOf('schedule_strategy.create'),
    });
    const nodeIntents = this.#nodeIntentPlanner.plan({
      policies,
      nodes: cluster.nodes(),
      grantsOf: grantsOf('node_scheduling_policy.create'),
      excluded: excludedIntents(exclusions, 'node'),
    });
    fleet.offer({ intents, nodeIntents }, cluster.agents());
    this.#passes++;
    const seconds = (clock.monotonicMs() - startedAtMs) / 1_000;
    metrics.passed(seconds, countOf(intents), countOf(nodeIntents));
    const expiry = nextExpiry(strategies, nowMs);
    if (expiry !== undefined) this.#wakeAfter(expiry);
  }

  /** Everything that a pass reads of the store. */
  async #read() {
    const { strategies, nodePolicies, exclusions, users, roles } = this.#options;
    const [allStrategies, allPolicies, allExclusions, allUsers, allRoles] = await Promise.all([
      strategies.all(),
      nodePolicies.all(),
      exclusions.all(),
      users.all(),
      roles.all(),
    ]);
    const rolesByUser = new Map(allUsers.map((user) => [user.id, rolesOf(user, allRoles)]));
    const grantsOf = (key: PermissionKey) => {
      const known = new Map<string, readonly Grant[]>();
      return (ownerId: string) => {
        const grants = known.get(ownerId) ?? grantsFor(rolesByUser.get(ownerId) ?? [], key);
        known.set(ownerId, grants);
        return grants;
      };
    };
    return { strategies: allStrategies, policies: allPolicies, exclusions: allExclusions, grantsOf };
  }

  /** Timers hold 24 days at most; a later alarm rings early and is set again. */
  #wakeAfter(atMs: number): void {
    const { clock, wakeUp } = this.#options;
    this.#alarm.abort();
    const alarm = new AbortController();
    this.#alarm = alarm;
    const waitMs = Math.min(Math.max(atMs - clock.now(), 0), LONGEST_TIMER_MS);
    void clock.sleep(waitMs, alarm.signal).then(() => {
      if (!alarm.signal.aborted) wakeUp.request();
    });
  }
}

const LONGEST_TIMER_MS = 2_000_000_000;

function countOf(plan: ReadonlyMap<string, readonly unknown[]>): number {
  let count = 0;
  for (const intents of plan.values()) count += intents.length;
  return count;
}
