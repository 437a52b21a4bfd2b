import type { SendKubeRequest } from '../../../shared/kubernetes/kube-request.js';
import { Reflector } from '../../../shared/kubernetes/reflector.js';
import type { ReflectorMetrics } from '../../../shared/kubernetes/reflector-metrics.js';
import type { Clock } from '../../../shared/lifecycle/clock.js';
import type { Component } from '../../../shared/lifecycle/component.js';
import type { Logger } from '../../../shared/observability/logger.js';
import type { AgentEndpoint, ClusterNode, Pod } from '../../domain/cluster.js';
import type { ClusterView } from '../../ports/cluster-view.js';
import { type AgentCandidate, type AgentSelector, chooseAgents, toAgentCandidate } from './agent-mapper.js';
import { type RawNode, toClusterNode } from './node-mapper.js';
import { type RawPod, toPod } from './pod-mapper.js';
import { StringInterner } from './string-interner.js';

export interface ClusterWatchOptions {
  readonly send: SendKubeRequest;
  readonly agents: AgentSelector;
  readonly clock: Clock;
  readonly random: () => number;
  readonly logger: Logger;
  readonly metrics: ReflectorMetrics;
}

/** A pod, and what it is as a decision maker when it is one. */
interface WatchedPod {
  readonly pod: Pod;
  readonly agent: AgentCandidate | undefined;
}

/** Pods and nodes, watched; the manager's only source of what the cluster looks like. */
export class ClusterWatch implements ClusterView, Component {
  readonly name = 'cluster watch';
  readonly #pods: Reflector<RawPod, WatchedPod>;
  readonly #nodes: Reflector<RawNode, ClusterNode>;
  readonly #listeners: (() => void)[] = [];
  readonly #agentPods = new Map<string, AgentCandidate>();
  #agents: ReadonlyMap<string, AgentEndpoint> | undefined;

  constructor(options: ClusterWatchOptions) {
    const { intern } = new StringInterner();
    const changed = () => this.#changed();
    const shared = { ...options, onSynced: changed };
    this.#pods = new Reflector<RawPod, WatchedPod>({
      ...shared,
      resource: 'pods',
      path: '/api/v1/pods',
      project: (raw) => ({ pod: toPod(raw, intern), agent: toAgentCandidate(raw, options.agents) }),
      onChange: ({ kind, item }) => {
        this.#noteAgent(item, kind === 'deleted');
        changed();
      },
    });
    this.#nodes = new Reflector<RawNode, ClusterNode>({
      ...shared,
      resource: 'nodes',
      path: '/api/v1/nodes',
      project: (raw) => toClusterNode(raw, intern),
      onChange: changed,
    });
  }

  get synced(): boolean {
    return this.#pods.synced && this.#nodes.synced;
  }

  /** Milliseconds since the server last sent anything on the quieter of the two watches. */
  get silenceMs(): number {
    return Math.max(this.#pods.silenceMs, this.#nodes.silenceMs);
  }

  *pods(): Generator<Pod, void, void> {
    for (const { pod } of this.#pods.items()) yield pod;
  }

  nodes(): Iterable<ClusterNode> {
    return this.#nodes.items();
  }

  agents(): ReadonlyMap<string, AgentEndpoint> {
    this.#agents ??= chooseAgents(this.#agentPods.values());
    return this.#agents;
  }

  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }

  async start(): Promise<void> {
    await Promise.all([this.#pods.start(), this.#nodes.start()]);
  }

  async stop(): Promise<void> {
    await Promise.all([this.#pods.stop(), this.#nodes.stop()]);
  }

  #noteAgent({ pod, agent }: WatchedPod, deleted: boolean): void {
    const known = this.#agentPods.has(pod.uid);
    if (agent === undefined && !known) return;
    if (agent === undefined || deleted) this.#agentPods.delete(pod.uid);
    else this.#agentPods.set(pod.uid, agent);
    this.#agents = undefined;
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }
}
