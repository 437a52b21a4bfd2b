import { mkdir, rmdir } from 'node:fs/promises';
import path from 'node:path';
import { DomainError } from '../../shared/domain/domain-error.js';
import { systemClock } from '../../shared/lifecycle/clock.js';
import type { Component } from '../../shared/lifecycle/component.js';
import { periodic } from '../../shared/lifecycle/periodic.js';
import { type Connection, connect } from '../client/connection.js';
import { ensureNamespace } from '../client/ensure-namespace.js';
import { KubeClient } from '../client/kube-client.js';
import { readKubeconfig } from '../client/kubeconfig.js';
import { acknowledgedSets, isHealthy, ManagerClient } from '../client/manager-client.js';
import { NODES_PATH } from '../client/paths.js';
import type { LocalOptions } from '../options.js';
import { type AdminAccount, adminAccount } from './admin-account.js';
import { AGENT_NAMESPACE } from './agent-registration.js';
import { type ClusterCredentials, makeCredentials } from './cluster-credentials.js';
import type { ClusterFacts } from './cluster-facts.js';
import { freePort } from './free-port.js';
import { loopbackOrigin, NodeAgent } from './node-agent.js';
import { type NodeRoots, readNodeRoots } from './node-roots.js';
import { Programs, type VirtualNode } from './programs.js';
import { startSamples } from './start-samples.js';
import type { StateLayout } from './state-layout.js';
import type { SupervisedProgram } from './supervised-program.js';
import { waitUntil } from './wait-until.js';

/** For a laptop that is busy with something else; a sound start takes a few seconds. */
const START_LIMIT_MS = 60_000;
const LOG_CHECK_INTERVAL_MS = 10_000;

/**
 * A whole cluster on this machine: API server, scheduler, one kubelet and one decision maker for each virtual
 * node, and the manager. Each is a program of its own; this starts them in order, starts again what dies, and
 * ends them. They meet only over their public APIs.
 */
export class LocalCluster {
  readonly #options: LocalOptions;
  readonly #layout: StateLayout;
  readonly #say: (text: string) => void;
  readonly #programs: Programs;
  readonly #started: SupervisedProgram[] = [];
  /** By program name. */
  readonly #agents = new Map<string, NodeAgent>();
  readonly #roots: NodeRoots[] = [];
  readonly #logs: Component;
  readonly #end = new AbortController();
  #connection: Connection | undefined;

  /** @param say Tells the person who started it what is going on, a line at a time. */
  constructor(options: LocalOptions, layout: StateLayout, say: (text: string) => void) {
    this.#options = options;
    this.#layout = layout;
    this.#say = say;
    this.#programs = new Programs(layout, options, (...restart) => this.#onRestart(...restart));
    this.#logs = periodic({
      name: 'log sizes',
      intervalMs: LOG_CHECK_INTERVAL_MS,
      clock: systemClock,
      round: async () => void (await Promise.all(this.#started.map((program) => program.boundLog()))),
      onError: (reason) => say(`a log could not be cut: ${reason}`),
    });
  }

  /**
   * Resolves when every agent has acknowledged a set. Rejects when a program does not start, or with the signal's
   * reason; call stop in any case.
   */
  async start(signal: AbortSignal): Promise<ClusterFacts> {
    const limited = AbortSignal.any([signal, this.#end.signal]);
    const aborted = new Promise<never>((_resolve, reject) => {
      limited.addEventListener('abort', () => reject(limited.reason), { once: true });
    });
    const facts = await Promise.race([this.#start(limited), aborted]);
    for (const program of this.#started) program.settle();
    await this.#logs.start(limited);
    return facts;
  }

  /** Ends every program and everything that ran for the cluster. */
  async stop(): Promise<void> {
    this.#end.abort();
    await this.#logs.stop(AbortSignal.timeout(1_000));
    await this.#withdrawAgents();
    const isApiServer = ({ spec }: SupervisedProgram) => spec.name === 'apiserver';
    const isKubelet = ({ spec }: SupervisedProgram) => spec.name.startsWith('kubelet-');
    // Containers end while their kubelets can still say so, so the API server goes last.
    await stopAll(this.#started.filter((program) => !isApiServer(program) && !isKubelet(program)));
    await stopAll(this.#started.filter(isKubelet));
    await stopAll(this.#started.filter(isApiServer));
    await this.#connection?.close();
    for (const { backend, cgroupRoot } of this.#roots) {
      if (backend === 'real') await rmdir(path.dirname(cgroupRoot)).catch(() => {});
    }
  }

  /** What could not be used on this machine, and why; undefined when everything real was. */
  get compromise(): string | undefined {
    const simulated = this.#roots.find(({ backend }) => backend === 'simulated');
    return simulated === undefined ? undefined : `cgroups are simulated: ${simulated.reason}`;
  }

  async #start(signal: AbortSignal): Promise<ClusterFacts> {
    const nodes = await this.#virtualNodes();
    for (const folder of this.#layout.folders(nodes.map(({ name }) => name))) {
      await mkdir(folder, { recursive: true, mode: 0o700 });
    }
    const account = await adminAccount(this.#layout.adminPassword);
    // Loading takes each program longer than the API server takes to answer, so none waits for another; what
    // comes too early for the API server asks again.
    const credentials = await this.#startApiServer();
    const managerUrl = await this.#startManager(account);
    this.#run(this.#programs.scheduler(this.#kubeconfigFor('scheduler')));
    const agents = nodes.map((node) => this.#startNode(node, credentials, signal));
    const client = await this.#connectKubernetes(signal);
    await Promise.all(agents.map(async (agent) => (await agent).announce(client, signal)));
    if (this.#options.samples) await startSamples(client, signal);
    const isOurPassword = await this.#allAcknowledged(managerUrl, account, nodes, signal);
    return {
      managerUrl,
      username: account.username,
      password: isOurPassword ? account.password : '',
      kubeconfig: this.#kubeconfigFor('admin'),
      nodes: nodes.map(({ name, agentPort }) => ({
        name,
        decisionMakerUrl: loopbackOrigin(agentPort),
        publicKeyFile: path.join(this.#layout.agent(name), 'public-key.pem'),
      })),
      stateDir: this.#layout.folder,
    };
  }

  async #virtualNodes(): Promise<VirtualNode[]> {
    const nodes: VirtualNode[] = [];
    const { agentPort, dialects } = this.#options;
    for (let index = 0; index < this.#options.nodes; index++) {
      nodes.push({
        name: `node-${index + 1}`,
        dialect: dialects[index % dialects.length] ?? 'systemd',
        agentPort: agentPort === 0 ? await freePort() : agentPort + index,
      });
    }
    return nodes;
  }

  async #startApiServer(): Promise<ClusterCredentials> {
    const port = this.#options.apiPort || (await freePort());
    const credentials = await makeCredentials(this.#layout, `https://127.0.0.1:${port}`);
    if (this.#options.kubeconfig === undefined) this.#run(this.#programs.apiServer(port, credentials));
    return credentials;
  }

  async #connectKubernetes(signal: AbortSignal): Promise<KubeClient> {
    const connection = connect(await readKubeconfig(this.#kubeconfigFor('admin')));
    this.#connection = connection;
    const client = new KubeClient(connection.send);
    await this.#until('the Kubernetes API server', signal, async () => {
      await client.get(NODES_PATH, signal);
      return true;
    });
    await ensureNamespace(client, AGENT_NAMESPACE, signal);
    return client;
  }

  async #startManager(account: AdminAccount): Promise<string> {
    const port = this.#options.managerPort || (await freePort());
    this.#run(this.#programs.manager(port, this.#kubeconfigFor('manager'), account));
    return loopbackOrigin(port);
  }

  /** A node's kubelet tells where its processes will be; then its decision maker can look there. */
  async #startNode(
    node: VirtualNode,
    credentials: ClusterCredentials,
    signal: AbortSignal,
  ): Promise<NodeAgent> {
    const authorityFile = this.#options.kubeletClientAuthority ?? credentials.authorityFile;
    const kubeletCredentials = { ...credentials, authorityFile };
    this.#run(this.#programs.kubelet(node, this.#kubeconfigFor('kubelet'), kubeletCredentials));
    const rootsFile = path.join(this.#layout.kubelet(node.name), 'node-roots.json');
    const roots = await this.#until(`the kubelet of ${node.name}`, signal, () => readNodeRoots(rootsFile));
    this.#roots.push(roots);
    const program = this.#programs.decisionMaker(node, roots);
    this.#run(program);
    const agent = new NodeAgent(node.name, node.agentPort);
    this.#agents.set(program.spec.name, agent);
    return agent;
  }

  /** Whether the account still has the password that we made: a folder that is kept may have got another one. */
  async #allAcknowledged(
    managerUrl: string,
    account: AdminAccount,
    nodes: readonly VirtualNode[],
    signal: AbortSignal,
  ): Promise<boolean> {
    const manager = new ManagerClient(managerUrl);
    await this.#until('the manager', signal, async () =>
      (await isHealthy(managerUrl, signal)) ? true : undefined,
    );
    const every = 'the acknowledgement of every node';
    if (!(await canSignIn(manager, account, signal))) {
      await this.#until(every, signal, async () =>
        (await acknowledgedSets(managerUrl, signal)) >= nodes.length ? true : undefined,
      );
      return false;
    }
    await this.#until(every, signal, async () => {
      const listed = await manager.call<{ nodes: ListedNode[] }>('GET', '/api/v1/nodes', signal);
      const states = new Map(listed.nodes.map(({ name, delivery }) => [name, delivery.state]));
      return nodes.every(({ name }) => states.get(name) === 'Applied') ? true : undefined;
    });
    return true;
  }

  #kubeconfigFor(program: 'admin' | 'manager' | 'scheduler' | 'kubelet'): string {
    const { kubeconfig, managerKubeconfig } = this.#options;
    if (program === 'manager' && managerKubeconfig !== undefined) return path.resolve(managerKubeconfig);
    if (kubeconfig !== undefined) return path.resolve(kubeconfig);
    return program === 'admin' ? this.#layout.adminKubeconfig : this.#layout.kubeconfigOf(program);
  }

  #run(program: SupervisedProgram): void {
    program.start();
    this.#started.push(program);
    program.failsToStart().catch((error: unknown) => this.#end.abort(error));
  }

  #until<Value>(what: string, signal: AbortSignal, probe: () => Promise<Value | undefined>): Promise<Value> {
    return waitUntil(probe, { what, limitMs: START_LIMIT_MS, signal });
  }

  #onRestart(name: string, exit: string, delayMs: number): void {
    this.#say(`${name} ended (${exit}), starting it again in ${delayMs} ms`);
    void this.#agents.get(name)?.announceAgain(this.#end.signal, this.#say);
  }

  /** Somebody else's API server must not keep pods of ours. */
  async #withdrawAgents(): Promise<void> {
    if (this.#options.kubeconfig === undefined) return;
    const signal = AbortSignal.timeout(5_000);
    await Promise.allSettled([...this.#agents.values()].map((agent) => agent.withdraw(signal)));
  }
}

interface ListedNode {
  readonly name: string;
  readonly delivery: { readonly state: string };
}

async function canSignIn(
  manager: ManagerClient,
  { username, password }: AdminAccount,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    await manager.login(username, password, signal);
    return true;
  } catch (error) {
    if (error instanceof DomainError && error.code === 'unauthenticated') return false;
    throw error;
  }
}

async function stopAll(programs: readonly SupervisedProgram[]): Promise<void> {
  await Promise.all(programs.map((program) => program.stop()));
}
