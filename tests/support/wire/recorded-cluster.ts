import { generateKeyPairSync } from 'node:crypto';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { packageRoot } from '../../../shared/files/package-root.js';
import { AgentProgram, ManagerProgram } from '../agent-program.js';
import { containerCgroup } from '../pod-cgroups.js';
import type { RealKubernetes } from '../real-kubernetes.js';
import { type RecordedNode, recordedNode } from './recorded-node.js';

/** The account that the recording's manager was started with. */
export const RECORDED_ADMIN = { username: 'admin@example.com', password: 'ref-admin-pw-1' } as const;

const NODES = [
  { name: 'node-a', labels: { zone: 'z1' } },
  { name: 'node-b', labels: {} },
] as const;

const PODS = [
  { name: 'web-1', namespace: 'default', node: 'node-a', labels: { app: 'web', tier: 'front' } },
  { name: 'web-2', namespace: 'default', node: 'node-a', labels: { app: 'web' } },
  { name: 'db-1', namespace: 'data', node: 'node-a', labels: { app: 'db' } },
  { name: 'far-1', namespace: 'default', node: 'node-b', labels: { app: 'far' } },
] as const;

const PROCESSES = [
  { pod: 'db-1', comm: 'postgres' },
  { pod: 'web-1', comm: 'nginx' },
  { pod: 'web-1', comm: 'pause' },
  { pod: 'web-2', comm: 'nginx' },
] as const;

const AGENT_NAMESPACE = 'podium-system';
const BUILT = { folder: path.join(packageRoot(), 'dist') };

/**
 * What the recording's manager had around it: two nodes and four pods in an API server, processes and a running agent
 * on node-a, and on node-b an agent whose pod never gets beyond Pending.
 */
export class RecordedCluster {
  readonly kubernetes: RealKubernetes;
  readonly node: RecordedNode;
  /** By pod name. */
  readonly uids: ReadonlyMap<string, string>;

  private constructor(kubernetes: RealKubernetes, node: RecordedNode, uids: ReadonlyMap<string, string>) {
    this.kubernetes = kubernetes;
    this.node = node;
    this.uids = uids;
  }

  static async create(kubernetes: RealKubernetes): Promise<RecordedCluster> {
    await kubernetes.apply(path.join(packageRoot(), 'deployment/kubernetes/manager-rbac.yaml'));
    await post(kubernetes, '/api/v1/namespaces', { kind: 'Namespace', metadata: { name: 'data' } });
    for (const { name, labels } of NODES) {
      await post(kubernetes, '/api/v1/nodes', { kind: 'Node', metadata: { name, labels } });
      await setStatus(kubernetes, `/api/v1/nodes/${name}`, {
        conditions: [{ type: 'Ready', status: 'True' }],
      });
    }
    const uids = new Map<string, string>();
    for (const pod of PODS) uids.set(pod.name, await createPod(kubernetes, { ...pod, port: 80 }));
    const node = await recordedNode(
      PROCESSES.map(({ pod, comm }) => ({
        name: `${pod}.${comm}`,
        comm,
        cgroup: containerCgroup('systemd', uids.get(pod) ?? '', 'ab'.repeat(32)),
      })),
    );
    return new RecordedCluster(kubernetes, node, uids);
  }

  async close(): Promise<void> {
    await this.node.close();
  }
}

/** A manager and the agent of node-a, new and with nothing kept. */
export class RecordedManager {
  readonly url: string;
  /** Signs the users' tokens. */
  readonly signingKeyPem: string;
  readonly #programs: readonly (AgentProgram | ManagerProgram)[];
  readonly #folder: string;

  private constructor(
    url: string,
    signingKeyPem: string,
    programs: readonly (AgentProgram | ManagerProgram)[],
    folder: string,
  ) {
    this.url = url;
    this.signingKeyPem = signingKeyPem;
    this.#programs = programs;
    this.#folder = folder;
  }

  /**
   * @param folder Made and removed again.
   * @param store The settings that choose where the manager keeps its data.
   */
  static async start(
    { kubernetes, node }: RecordedCluster,
    folder: string,
    store: Readonly<Record<string, string>>,
  ): Promise<RecordedManager> {
    const managerDir = path.join(folder, 'manager');
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
    const signingKeyPem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const token = await kubernetes.tokenFor('podium-system/podium-manager');
    const manager = new ManagerProgram(BUILT, {
      MANAGER_SERVER_HOST: '127.0.0.1:0',
      MANAGER_STATE_DIR: managerDir,
      MANAGER_K8S_KUBE_CONFIG_PATH: await kubernetes.kubeconfigFor('manager', { token }),
      MANAGER_KEY_RSA_PRIVATE_KEY_PEM: signingKeyPem,
      MANAGER_ACCOUNT_ADMIN_EMAIL: RECORDED_ADMIN.username,
      MANAGER_ACCOUNT_ADMIN_PASSWORD: RECORDED_ADMIN.password,
      ...store,
    });
    const agent = new AgentProgram(BUILT, [], {
      DM_SERVER_HOST: '127.0.0.1:0',
      DM_STATE_DIR: path.join(folder, 'agent'),
      DM_NODE_NAME: 'node-a',
      DM_PROC_ROOT: node.procRoot,
      DM_CGROUP_ROOT: node.cgroupRoot,
      DM_AUTH_MANAGER_JWKS_FILE: path.join(managerDir, 'jwks.json'),
    });
    const started = [manager, agent];
    try {
      const [managerPort, agentPort] = await Promise.all([manager.listening(), agent.listening()]);
      await showAgents(kubernetes, agentPort);
      return new RecordedManager(`http://127.0.0.1:${managerPort}`, signingKeyPem, started, folder);
    } catch (error) {
      for (const program of started) await program.kill('SIGKILL');
      await rm(folder, { recursive: true, force: true });
      throw error;
    }
  }

  async stop(): Promise<void> {
    for (const program of this.#programs) await program.kill('SIGTERM');
    await rm(this.#folder, { recursive: true, force: true });
  }
}

interface NewPod {
  readonly name: string;
  readonly namespace: string;
  readonly node: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly port: number;
  readonly phase?: 'Pending';
}

/** The agents' pods, made anew: an agent that was started again has another port. */
async function showAgents(kubernetes: RealKubernetes, port: number): Promise<void> {
  for (const { name: node } of NODES) {
    const name = `decisionmaker-${node}`;
    await kubernetes.client.send({
      method: 'DELETE',
      path: `/api/v1/namespaces/${AGENT_NAMESPACE}/pods/${name}?gracePeriodSeconds=0`,
    });
    const pod = { name, namespace: AGENT_NAMESPACE, node, labels: { app: 'decisionmaker' }, port };
    await createPod(kubernetes, node === 'node-a' ? pod : { ...pod, phase: 'Pending' });
  }
}

/** Gives the pod's uid. */
async function createPod(kubernetes: RealKubernetes, pod: NewPod): Promise<string> {
  const pods = `/api/v1/namespaces/${pod.namespace}/pods`;
  const container = { name: 'main', image: 'none' };
  const { metadata } = (await post(kubernetes, pods, {
    kind: 'Pod',
    metadata: { name: pod.name, labels: pod.labels },
    spec: {
      nodeName: pod.node,
      containers: [{ ...container, ports: [{ name: 'http', containerPort: pod.port }] }],
    },
  })) as { metadata: { uid: string } };
  if (pod.phase === 'Pending') return metadata.uid;
  const containerStatus = { ...container, imageID: '', ready: true, restartCount: 0, state: { running: {} } };
  await setStatus(kubernetes, `${pods}/${pod.name}`, {
    phase: 'Running',
    hostIP: '127.0.0.1',
    podIP: '127.0.0.1',
    podIPs: [{ ip: '127.0.0.1' }],
    conditions: [{ type: 'Ready', status: 'True' }],
    containerStatuses: [containerStatus],
  });
  return metadata.uid;
}

function post(kubernetes: RealKubernetes, collection: string, object: object): Promise<unknown> {
  return kubernetes.client.expect({
    method: 'POST',
    path: collection,
    body: { apiVersion: 'v1', ...object },
  });
}

function setStatus(kubernetes: RealKubernetes, object: string, status: object): Promise<unknown> {
  return kubernetes.client.expect({
    method: 'PATCH',
    path: `${object}/status`,
    contentType: 'application/strategic-merge-patch+json',
    body: { status },
  });
}
