import type { Intent } from '../../shared/domain/intent.js';
import type { Component } from '../../shared/lifecycle/component.js';
import type { AgentEndpoint } from '../domain/cluster.js';
import type { NodeIntent } from '../domain/node-intent.js';
import { nodeSet } from '../domain/node-set.js';
import type { DeliveryView, NodeDelivery, PlannedIntent, PlannedNodeIntent } from '../ports/delivery-view.js';
import type { FirstGenerationCounts } from './delivery-metrics.js';
import { NodeSync, type NodeSyncOptions } from './node-sync.js';

/** What every node should hold, by node name; a node that is in neither should hold nothing. */
export interface FleetPlan {
  readonly intents: ReadonlyMap<string, readonly Intent[]>;
  readonly nodeIntents: ReadonlyMap<string, readonly NodeIntent[]>;
}

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
   * Gives every node what it should hold: those that have intents, and those that only have an agent, which must hear
   * of an empty set too. Nodes that have neither any more are forgotten.
   */
  offer({ intents, nodeIntents }: FleetPlan, agents: ReadonlyMap<string, AgentEndpoint>): void {
    const concerned = new Set([...intents.keys(), ...nodeIntents.keys(), ...agents.keys()]);
    for (const nodeName of concerned) {
      const known = this.#nodes.get(nodeName);
      const node = known ?? new NodeSync(nodeName, this.#options);
      if (known === undefined) this.#nodes.set(nodeName, node);
      const set = nodeSet(nodeName, intents.get(nodeName) ?? []);
      node.offer(set, agents.get(nodeName), nodeIntents.get(nodeName));
    }
    for (const [nodeName, node] of this.#nodes) {
      if (concerned.has(nodeName)) continue;
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

  *plannedNodeIntents(): Generator<PlannedNodeIntent, void, void> {
    for (const node of this.#nodes.values()) {
      for (const intent of node.wantedNodeIntents) yield { intent, status: node.statusOfNodeIntent(intent) };
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
  nodeIntents: {
    state: 'NoAgent',
    intents: 0,
    acknowledgedRoot: undefined,
    acknowledgedAtMs: undefined,
    failures: 0,
    lastError: undefined,
    nextTryAtMs: undefined,
  },
};
