import { type Exclusion, isPointless } from '../domain/exclusion.js';
import type { ClusterView } from '../ports/cluster-view.js';
import type { ExclusionStore } from '../ports/exclusion-store.js';
import type { NodePolicyStore } from '../ports/node-policy-store.js';
import type { StrategyStore } from '../ports/strategy-store.js';

/**
 * Takes exclusions away whose pod or node, strategy or policy is gone for good. Only what was gone in two rounds
 * running goes: a list read again may come from a server that is behind for a moment, and an exclusion that is lost
 * gives a pod back what a person took from it.
 */
export class ExclusionKeeper {
  readonly #exclusions: ExclusionStore;
  readonly #strategies: StrategyStore;
  readonly #nodePolicies: NodePolicyStore;
  readonly #cluster: ClusterView;
  #suspects: ReadonlySet<string> = new Set();

  constructor(
    exclusions: ExclusionStore,
    strategies: StrategyStore,
    nodePolicies: NodePolicyStore,
    cluster: ClusterView,
  ) {
    this.#exclusions = exclusions;
    this.#strategies = strategies;
    this.#nodePolicies = nodePolicies;
    this.#cluster = cluster;
  }

  async round(): Promise<void> {
    const exclusions = await this.#exclusions.all();
    if (!this.#cluster.synced) this.#suspects = new Set();
    if (!this.#cluster.synced || exclusions.length === 0) return;
    const pointless = await this.#pointless(exclusions);
    const gone = pointless.filter((id) => this.#suspects.has(id));
    if (gone.length > 0) await this.#exclusions.remove(gone);
    this.#suspects = new Set(pointless);
  }

  async #pointless(exclusions: readonly Exclusion[]): Promise<string[]> {
    const [strategies, policies] = await Promise.all([this.#strategies.all(), this.#nodePolicies.all()]);
    const world = {
      sourceIds: new Set([...strategies, ...policies].map(({ id }) => id)),
      podUids: this.#presentPods(exclusions),
      nodeNames: new Set([...this.#cluster.nodes()].map(({ name }) => name)),
    };
    return exclusions.filter((exclusion) => isPointless(exclusion, world)).map(({ id }) => id);
  }

  /** Of 150,000 pods those that an exclusion is about. */
  #presentPods(exclusions: readonly Exclusion[]): ReadonlySet<string> {
    const asked = new Set(exclusions.map(({ targetId }) => targetId));
    const present = new Set<string>();
    for (const { uid } of this.#cluster.pods()) if (asked.has(uid)) present.add(uid);
    return present;
  }
}
