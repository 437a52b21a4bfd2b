import type { Intent } from '../../shared/domain/intent.js';
import type { Component } from '../../shared/lifecycle/component.js';
import type { AgentEndpoint } from '../domain/cluster.js';
import { nodeSet } from '../domain/node-set.js';
import type { DeliveryView, NodeDelivery, PlannedIntent } from '../ports/delivery-view.js';
import type { FirstGenerationCounts } from './delivery-metrics.js';
import { NodeSync, type NodeSyncOptions } from './node-sync.js';

/** Every node's delivery, by node name. */
export class NodeFleet implements DeliveryView, Component {
  readonly name = 'node deliveries';
  readonly #options: NodeSyncOptions;
  readonly #nodes = new Map<string, NodeSync>();

  constructor(options: NodeSyncOptions) {
    this.#options = options;
    options.metrics.watchFleet(() => this.#firstGeneration());
  }

  /** Agents of the first generation, and the intents that they must not get. */
  #firstGeneration(): FirstGenerationCounts {
    const old = [...this.#nodes.values()]
      .map((node) => node.delivery())
      .filter(({ generation }) => generation === 'first');
    return { agents: old.length, withheld: old.reduce((sum, { withheld }) => sum + withheld, 0) };
  }

  /**
   * Gives every node its set: those that have intents, and those that only have an agent, which must hear of an
   * empty set too. Nodes that have neither any more are forgotten.
   */
  offer(plan: ReadonlyMap<string, readonly Intent[]>, agents: ReadonlyMap<string, AgentEndpoint>): void {
    for (const nodeName of new Set([...plan.keys(), ...agents.keys()])) {
      const known = this.#nodes.get(nodeName);
      const node = known ?? new NodeSync(nodeName, this.#options);
      if (known === undefined) this.#nodes.set(nodeName, node);
      node.offer(nodeSet(nodeName, plan.get(nodeName) ?? []), agents.get(nodeName));
    }
    for (const [nodeName, node] of this.#nodes) {
      if (plan.has(nodeName) || agents.has(nodeName)) continue;
      this.#nodes.delete(nodeName);
      void node.stop().then(() => this.#options.decisionMaker.forget(nodeName));
    }
  }

  /** Compares what every agent holds with what it acknowledged. */
  async sweep(signal: AbortSignal): Promise<void> {
    const nodes = [...this.#nodes.values()];
    await Promise.all(nodes.map((node) => this.#options.limit(() => node.sweep(signal))));
  }

  async start(): Promise<void> {}

  async stop(): Promise<void> {
    await Promise.all([...this.#nodes.values()].map((node) => node.stop()));
  }

  *plannedIntents(): Generator<PlannedIntent, void, void> {
    for (const node of this.#nodes.values()) {
      for (const intent of node.wantedIntents) yield { intent, status: node.statusOf(intent) };
    }
  }

  node(nodeName: string): NodeDelivery {
    return this.#nodes.get(nodeName)?.delivery() ?? { ...NO_AGENT, nodeName };
  }
}

const NO_AGENT: Omit<NodeDelivery, 'nodeName'> = {
  state: 'NoAgent',
  generation: undefined,
  acknowledged: undefined,
  acknowledgedRoot: undefined,
  acknowledgedAtMs: undefined,
  failures: 0,
  lastError: undefined,
  nextTryAtMs: undefined,
  intents: 0,
  withheld: 0,
};
