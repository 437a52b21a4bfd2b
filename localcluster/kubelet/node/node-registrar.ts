import { messageOf } from '../../../shared/domain/domain-error.js';
import { KubeError } from '../../../shared/kubernetes/kube-error.js';
import { backoffMs } from '../../../shared/lifecycle/backoff.js';
import type { Clock } from '../../../shared/lifecycle/clock.js';
import type { Component } from '../../../shared/lifecycle/component.js';
import type { Logger } from '../../../shared/observability/logger.js';
import type { KubeClient } from '../../client/kube-client.js';
import type { Lease, Node, NodeCondition } from '../../client/objects.js';
import { NODE_LEASES_PATH, NODES_PATH } from '../../client/paths.js';
import { kubeMicroTime } from '../../client/timestamps.js';
import {
  type NodeDescription,
  type NodeHealth,
  nodeConditions,
  nodeLabels,
  nodeStatus,
} from './node-description.js';

export interface NodeRegistrarOptions {
  readonly client: KubeClient;
  readonly node: () => NodeDescription;
  readonly health: () => Promise<Omit<NodeHealth, 'ready'>>;
  /** The message of the Ready condition. */
  readonly readyMessage: string;
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  readonly logger: Logger;
  readonly onRegistered: (node: Node) => void;
}

/** As the Kubernetes kubelet: a lease of 40 s renewed every 10 s, the status every 5 min or when it changes. */
const RENEW_MS = 10_000;
const LEASE_SEC = 40;
const STATUS_MS = 5 * 60_000;
const RETRY = { minMs: 200, maxMs: 7_000 };
const FAREWELL_MS = 2_000;

/**
 * Keeps the node's object and lease at the API server. Registers again when somebody has deleted the node. Says at
 * the end that the node is not ready any more, if the API server can be reached.
 */
export class NodeRegistrar implements Component {
  readonly name = 'node registrar';
  readonly #options: NodeRegistrarOptions;
  readonly #end = new AbortController();
  #loop: Promise<void> = Promise.resolve();
  #registered: Node | undefined;
  #conditions: readonly NodeCondition[] = [];
  #reportedAtMs = Number.NEGATIVE_INFINITY;
  #failures = 0;

  constructor(options: NodeRegistrarOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    this.#loop = this.#run(this.#end.signal);
  }

  async stop(): Promise<void> {
    this.#end.abort();
    await this.#loop;
    if (this.#registered === undefined) return;
    const ready = { status: false, reason: 'KubeletStopped', message: 'the kubelet was asked to end' };
    try {
      await this.#report(await this.#conditionsNow(ready), AbortSignal.timeout(FAREWELL_MS));
    } catch (error) {
      this.#options.logger.warn({ error: messageOf(error) }, 'node not reported as stopped');
    }
  }

  async #run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      let delayMs = RENEW_MS;
      try {
        await this.#round(signal);
        this.#failures = 0;
      } catch (error) {
        if (signal.aborted) return;
        delayMs = this.#delayAfter(error);
      }
      await this.#options.clock.sleep(delayMs, signal);
    }
  }

  async #round(signal: AbortSignal): Promise<void> {
    if (this.#registered === undefined) await this.#register(signal);
    else await this.#reportIfDue(signal);
    await this.#renewLease(signal);
  }

  #delayAfter(error: unknown): number {
    // Gone: somebody has deleted the node, so it is registered anew.
    if (error instanceof KubeError && error.status === 404) this.#registered = undefined;
    const delayMs = backoffMs(RETRY, ++this.#failures, this.#options.random());
    const fields = { error: messageOf(error), delayMs };
    this.#options.logger.warn(fields, 'node not kept at the API server, will try again');
    return delayMs;
  }

  async #register(signal: AbortSignal): Promise<void> {
    const { client, node, logger, onRegistered } = this.#options;
    const metadata = { name: node().name, labels: nodeLabels(node()) };
    const conditions = await this.#conditionsNow();
    const status = { ...nodeStatus(node()), conditions };
    let registered: Node;
    try {
      const object = { apiVersion: 'v1', kind: 'Node', metadata, status };
      registered = await client.create<Node>(NODES_PATH, object, signal);
    } catch (error) {
      if (!(error instanceof KubeError && error.status === 409)) throw error;
      // There from an earlier run, perhaps with the labels of an older release.
      registered = await client.patch<Node>(this.#nodePath(), 'strategic', { metadata }, signal);
    }
    this.#conditions = registered.status?.conditions ?? [];
    await this.#report(await this.#conditionsNow(), signal);
    this.#registered = registered;
    logger.info({}, 'node registered');
    onRegistered(registered);
  }

  async #reportIfDue(signal: AbortSignal): Promise<void> {
    const conditions = await this.#conditionsNow();
    const isDue = this.#options.clock.monotonicMs() - this.#reportedAtMs >= STATUS_MS;
    const hasChanged = conditions.some(
      ({ type, status }) => this.#conditions.find((known) => known.type === type)?.status !== status,
    );
    if (isDue || hasChanged) await this.#report(conditions, signal);
  }

  async #report(conditions: readonly NodeCondition[], signal: AbortSignal): Promise<void> {
    const { client, node, clock } = this.#options;
    const patch = { status: { ...nodeStatus(node()), conditions } };
    await client.patch(`${this.#nodePath()}/status`, 'strategic', patch, signal);
    this.#conditions = conditions;
    this.#reportedAtMs = clock.monotonicMs();
  }

  async #conditionsNow(ready?: NodeHealth['ready']): Promise<NodeCondition[]> {
    const { health, readyMessage, clock } = this.#options;
    const isReady = { status: true, reason: 'KubeletReady', message: readyMessage };
    return nodeConditions({ ...(await health()), ready: ready ?? isReady }, this.#conditions, clock.now());
  }

  async #renewLease(signal: AbortSignal): Promise<void> {
    const { client, node, clock } = this.#options;
    const { name } = node();
    const renewTime = kubeMicroTime(clock.now());
    const spec = { holderIdentity: name, leaseDurationSeconds: LEASE_SEC, renewTime };
    try {
      await client.patch<Lease>(`${NODE_LEASES_PATH}/${encodeURIComponent(name)}`, 'merge', { spec }, signal);
    } catch (error) {
      if (!(error instanceof KubeError && error.status === 404)) throw error;
      await client.create<Lease>(NODE_LEASES_PATH, this.#newLease(name, spec), signal);
    }
  }

  /** Goes with the node. */
  #newLease(name: string, spec: object): object {
    const uid = this.#registered?.metadata.uid;
    return {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: {
        name,
        namespace: 'kube-node-lease',
        ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name, uid }],
      },
      spec,
    };
  }

  #nodePath(): string {
    return `${NODES_PATH}/${encodeURIComponent(this.#options.node().name)}`;
  }
}
