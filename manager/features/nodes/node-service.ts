import { DomainError } from '../../../shared/domain/domain-error.js';
import type { ClusterNode, Pod } from '../../domain/cluster.js';
import { seesPod } from '../../domain/permission.js';
import { grantsOf, type Principal } from '../../domain/principal.js';
import type { ClusterView } from '../../ports/cluster-view.js';
import type { DecisionMaker, PodProcesses } from '../../ports/decision-maker.js';
import type { DeliveryView, NodeDelivery } from '../../ports/delivery-view.js';

export interface NodeWithDelivery {
  readonly node: ClusterNode;
  readonly delivery: NodeDelivery;
}

/** A pod's processes, with the pod's own name where the cluster knows it. */
export interface NamedPodProcesses extends PodProcesses {
  readonly pod: Pod | undefined;
}

export class NodeService {
  readonly #cluster: ClusterView;
  readonly #delivery: DeliveryView;
  readonly #decisionMaker: DecisionMaker;

  constructor(cluster: ClusterView, delivery: DeliveryView, decisionMaker: DecisionMaker) {
    this.#cluster = cluster;
    this.#delivery = delivery;
    this.#decisionMaker = decisionMaker;
  }

  list(): NodeWithDelivery[] {
    return [...this.#cluster.nodes()]
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .map((node) => ({ node, delivery: this.#delivery.node(node.name) }));
  }

  /** `not_found` for an unknown node. */
  get(nodeName: string): NodeWithDelivery {
    for (const node of this.#cluster.nodes()) {
      if (node.name === nodeName) return { node, delivery: this.#delivery.node(nodeName) };
    }
    throw noSuchNode(nodeName);
  }

  /**
   * Asks the node's agent; `not_found` for an unknown node, `unavailable` when no agent answers there. Pods that the
   * caller's grants do not reach are left out.
   */
  async podProcesses(
    principal: Principal,
    nodeName: string,
    signal: AbortSignal,
  ): Promise<NamedPodProcesses[]> {
    const agent = this.#cluster.agents().get(nodeName);
    if (agent === undefined) throw this.#noAgent(nodeName);
    const processes = await this.#decisionMaker.podProcesses(agent, signal);
    const pods = new Map<string, Pod>();
    for (const pod of this.#cluster.pods()) {
      if (pod.nodeName === nodeName) pods.set(pod.cgroupUid, pod);
    }
    const grants = grantsOf(principal, 'pod_pid_mapping.read');
    return processes
      .map((entry) => ({ ...entry, pod: pods.get(entry.podUid) }))
      .filter(({ pod }) => seesPod(grants, pod?.namespace));
  }

  #noAgent(nodeName: string): DomainError {
    const isKnown = [...this.#cluster.nodes()].some(({ name }) => name === nodeName);
    if (!isKnown) return noSuchNode(nodeName);
    return new DomainError('unavailable', `no decision maker is ready on node ${nodeName}: try again later`);
  }
}

function noSuchNode(nodeName: string): DomainError {
  return new DomainError('not_found', `there is no node ${JSON.stringify(nodeName)}`);
}
