import { KubeError } from '../../shared/kubernetes/kube-error.js';
import type { KubeClient } from '../client/kube-client.js';
import type { Node } from '../client/objects.js';
import { NODES_PATH, podPath } from '../client/paths.js';

/** Where decision makers are looked for, and by which label (contract 4.6). */
export const AGENT_NAMESPACE = 'podium-system';
const AGENT_LABELS = { app: 'decisionmaker' };

const CONTAINER = { name: 'decisionmaker', image: 'local/podium' } as const;

export interface RegisteredAgent {
  readonly nodeName: string;
  readonly port: number;
}

/**
 * Shows a decision maker, which the supervisor runs, as a mirror pod of its node: that is how Kubernetes shows a
 * process that no API server manages. Kubelets leave mirror pods alone, so the status is ours to tell.
 */
export class AgentRegistration {
  readonly #client: KubeClient;
  readonly #agent: RegisteredAgent;

  constructor(client: KubeClient, agent: RegisteredAgent) {
    this.#client = client;
    this.#agent = agent;
  }

  /** Makes the pod anew: one of an earlier run would name another port. The node must be registered. */
  async register(signal: AbortSignal): Promise<void> {
    const node = await this.#client.get<Node>(`${NODES_PATH}/${this.#agent.nodeName}`, signal);
    await this.unregister(signal);
    await this.#client.create(
      `/api/v1/namespaces/${this.#pod.namespace}/pods`,
      this.#podObject(node),
      signal,
    );
  }

  /** Whether the agent answers: the manager sends sets to ready agents only. */
  async setReady(ready: boolean, signal: AbortSignal): Promise<void> {
    const status = ready ? 'True' : 'False';
    await this.#client.patch(
      podPath(this.#pod, 'status'),
      'strategic',
      {
        status: {
          phase: 'Running',
          hostIP: '127.0.0.1',
          podIP: '127.0.0.1',
          podIPs: [{ ip: '127.0.0.1' }],
          conditions: [
            { type: 'Ready', status },
            { type: 'ContainersReady', status },
          ],
          containerStatuses: [containerStatus(ready)],
        },
      },
      signal,
    );
  }

  /** Takes the pod away if it is there. */
  async unregister(signal: AbortSignal): Promise<void> {
    try {
      await this.#client.delete(podPath(this.#pod), { gracePeriodSeconds: 0 }, signal);
    } catch (error) {
      if (!(error instanceof KubeError) || error.status !== 404) throw error;
    }
  }

  get #pod(): { readonly namespace: string; readonly name: string } {
    return { namespace: AGENT_NAMESPACE, name: `decisionmaker-${this.#agent.nodeName}` };
  }

  #podObject(node: Node): object {
    return {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        ...this.#pod,
        labels: AGENT_LABELS,
        annotations: { 'kubernetes.io/config.mirror': 'podium-local', 'kubernetes.io/config.source': 'file' },
        ownerReferences: [
          {
            apiVersion: 'v1',
            kind: 'Node',
            name: node.metadata.name,
            uid: node.metadata.uid,
            controller: true,
          },
        ],
      },
      spec: {
        nodeName: this.#agent.nodeName,
        tolerations: [{ operator: 'Exists' }],
        containers: [
          {
            name: CONTAINER.name,
            image: CONTAINER.image,
            ports: [{ name: 'http', containerPort: this.#agent.port }],
          },
        ],
      },
    };
  }
}

function containerStatus(ready: boolean): object {
  return {
    ...CONTAINER,
    imageID: '',
    ready,
    started: ready,
    restartCount: 0,
    state: ready ? { running: {} } : { waiting: { reason: 'Starting' } },
  };
}
