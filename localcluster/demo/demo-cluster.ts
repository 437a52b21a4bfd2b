import { readFile } from 'node:fs/promises';
import { Agent, request } from 'undici';
import { DomainError } from '../../shared/domain/domain-error.js';
import { type Connection, connect } from '../client/connection.js';
import { ensureNamespace } from '../client/ensure-namespace.js';
import { KubeClient } from '../client/kube-client.js';
import { readKubeconfig } from '../client/kubeconfig.js';
import { ManagerClient } from '../client/manager-client.js';
import type { Pod } from '../client/objects.js';
import { podPath } from '../client/paths.js';

/** What `podium local` tells about itself, as far as the demo needs it. */
export interface DemoFacts {
  readonly managerUrl: string;
  readonly username: string;
  readonly password: string;
  readonly kubeconfig: string;
  readonly nodes: readonly {
    readonly name: string;
    readonly decisionMakerUrl: string;
    readonly publicKeyFile: string;
  }[];
  readonly readyAfterMs?: number;
}

export interface IntentView {
  readonly podName: string;
  readonly podID: string;
  readonly nodeID: string;
  readonly status: string;
  readonly strategyId: string;
}

export interface NodeView {
  readonly name: string;
  readonly delivery: { readonly state: string; readonly lastError?: string };
}

/** One line of the answer that a scheduler gets. */
export interface ServedProcess {
  readonly pid: number;
  readonly priority: number;
  readonly execution_time: number;
}

interface PodProcesses {
  readonly pods: readonly {
    readonly pod_uid: string;
    readonly pod_name?: string;
    readonly processes: readonly { readonly pid: number; readonly command: string }[];
  }[];
}

/** A process that a pod runs, as the manager shows it. */
export interface KnownProcess {
  readonly pid: number;
  readonly command: string;
  readonly podName: string;
  readonly podUid: string;
}

/** The running cluster seen from outside: as a person at the manager, as a scheduler on each node, as kubectl. */
export class DemoCluster {
  readonly facts: DemoFacts;
  readonly #manager: ManagerClient;
  readonly #kubernetes: KubeClient;
  readonly #connection: Connection;
  readonly #schedulerTokens = new Map<string, string>();
  readonly #dispatcher = new Agent({ keepAliveTimeout: 10_000 });

  private constructor(facts: DemoFacts, manager: ManagerClient, connection: Connection) {
    this.facts = facts;
    this.#manager = manager;
    this.#connection = connection;
    this.#kubernetes = new KubeClient(connection.send);
  }

  static async open(facts: DemoFacts, signal: AbortSignal): Promise<DemoCluster> {
    if (facts.password === '') {
      throw new DomainError(
        'invalid',
        'the demo signs in with the password that the cluster was made with, and that was changed: ' +
          'start a cluster with another --state-dir for it',
      );
    }
    const manager = new ManagerClient(facts.managerUrl);
    await manager.login(facts.username, facts.password, signal);
    return new DemoCluster(facts, manager, connect(await readKubeconfig(facts.kubeconfig)));
  }

  async close(): Promise<void> {
    await this.#connection.close();
    await this.#dispatcher.close();
  }

  async createStrategy(strategy: object, signal: AbortSignal): Promise<string> {
    const { id } = await this.#manager.call<{ id: string }>('POST', '/api/v1/strategies', signal, strategy);
    return id;
  }

  /** Replaces a strategy; the body carries its `strategyId`. */
  async updateStrategy(strategy: object, signal: AbortSignal): Promise<void> {
    await this.#manager.call('PUT', '/api/v1/strategies', signal, strategy);
  }

  /** The nodes with how far their delivery is. */
  nodes(signal: AbortSignal): Promise<{ readonly nodes: readonly NodeView[] }> {
    return this.#manager.call('GET', '/api/v1/nodes', signal);
  }

  async deleteStrategy(strategyId: string, signal: AbortSignal): Promise<void> {
    await this.#manager.call('DELETE', '/api/v1/strategies', signal, { strategyId });
  }

  async intentsOf(strategyId: string, signal: AbortSignal): Promise<readonly IntentView[]> {
    const { intents } = await this.#manager.call<{ intents: IntentView[] }>(
      'GET',
      '/api/v1/intents/self',
      signal,
    );
    return intents.filter((intent) => intent.strategyId === strategyId);
  }

  async processesOn(nodeName: string, signal: AbortSignal): Promise<readonly KnownProcess[]> {
    const path = `/api/v1/nodes/${encodeURIComponent(nodeName)}/pods/pids`;
    const { pods } = await this.#manager.call<PodProcesses>('GET', path, signal);
    return pods.flatMap((pod) =>
      pod.processes.map((process) => ({ ...process, podName: pod.pod_name ?? '', podUid: pod.pod_uid })),
    );
  }

  /** What the node's scheduler is told, asked the way it asks: with the agent's public key, then with the token. */
  async served(nodeName: string, signal: AbortSignal): Promise<readonly ServedProcess[]> {
    const node = this.facts.nodes.find(({ name }) => name === nodeName);
    if (node === undefined) throw new DomainError('not_found', `there is no node ${nodeName}`);
    const token = this.#schedulerTokens.get(nodeName) ?? (await this.#askToken(node, signal));
    this.#schedulerTokens.set(nodeName, token);
    const { body } = await request(`${node.decisionMakerUrl}/api/v1/scheduling/strategies`, {
      headers: { authorization: `Bearer ${token}` },
      signal,
      dispatcher: this.#dispatcher,
    });
    const answer = (await body.json()) as { success: boolean; scheduling?: ServedProcess[]; error?: string };
    if (answer.scheduling !== undefined) return answer.scheduling;
    throw new DomainError('unavailable', `the decision maker of ${nodeName} answered: ${answer.error}`);
  }

  async ensureNamespace(name: string, signal: AbortSignal): Promise<void> {
    await ensureNamespace(this.#kubernetes, name, signal);
  }

  getPod(namespace: string, name: string, signal: AbortSignal): Promise<Pod> {
    return this.#kubernetes.get(podPath({ namespace, name }), signal);
  }

  createPod(namespace: string, pod: object, signal: AbortSignal): Promise<Pod> {
    return this.#kubernetes.create(`/api/v1/namespaces/${namespace}/pods`, pod, signal);
  }

  async deletePod(namespace: string, name: string, signal: AbortSignal): Promise<void> {
    await this.#kubernetes.delete(podPath({ namespace, name }), {}, signal);
  }

  async #askToken(node: DemoFacts['nodes'][number], signal: AbortSignal): Promise<string> {
    const { body } = await request(`${node.decisionMakerUrl}/api/v1/auth/token`, {
      method: 'POST',
      body: JSON.stringify({ public_key: await readFile(node.publicKeyFile, 'utf8') }),
      signal,
      dispatcher: this.#dispatcher,
    });
    const answer = (await body.json()) as { data?: { token: string }; error?: string };
    if (answer.data !== undefined) return answer.data.token;
    throw new DomainError('unavailable', `the decision maker of ${node.name} gave no token: ${answer.error}`);
  }
}
