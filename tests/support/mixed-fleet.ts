import { toPkcs8Pem } from '../../shared/auth/keys.js';
import { aNode, aPod } from './builders.js';
import { SimulatedNode } from './simulated-node.js';
import { managerKey, TestAgent } from './test-agent.js';
import { startTestManager, type TestManager, type TestManagerOptions } from './test-manager.js';

/** Short waits, so that a test sees a second and a third try. */
const DELIVERY = { timeout_ms: 500, backoff_min_ms: 10, backoff_max_ms: 100, sweep_interval_sec: 1 };

/** A strategy for every pod of a name, as the API takes it. */
export interface Wish {
  readonly name: string;
  readonly [field: string]: unknown;
}

/** The manager over real sockets, and a cluster of nodes with a pod each whose agents a test chooses. */
export class MixedFleet {
  readonly manager: TestManager;
  readonly #token: string;
  readonly #ends: (() => Promise<void>)[] = [];

  private constructor(manager: TestManager, token: string) {
    this.manager = manager;
    this.#token = token;
    this.#ends.push(() => manager.stop());
  }

  /** @param sections Of the manager's configuration. */
  static async start(sections: TestManagerOptions['sections'] = {}): Promise<MixedFleet> {
    const key = { rsa_private_key_pem: toPkcs8Pem(await managerKey()), ...(sections.key as object) };
    const delivery = { ...DELIVERY, ...(sections.delivery as object) };
    const manager = await startTestManager({ overSockets: true, sections: { ...sections, key, delivery } });
    return new MixedFleet(manager, await manager.login());
  }

  /** A current agent, whose node is always node-1, on a port of its own or on one that was another's. */
  async currentAgent(options: { port?: number; sections?: Readonly<Record<string, unknown>> } = {}) {
    const node = new SimulatedNode();
    const agent = await TestAgent.start({
      procRoot: node.procRoot,
      cgroupRoot: node.cgroupRoot,
      sections: { server: { host: `127.0.0.1:${options.port ?? 0}` }, ...options.sections },
    });
    const stop = once(async () => {
      await agent.stop();
      node.close();
    });
    this.#ends.push(stop);
    return { agent, stop, origin: agent.url };
  }

  /** Ends with the fleet. */
  adopt<Agent extends { stop(): Promise<void> }>(agent: Agent): Agent {
    this.#ends.push(once(() => agent.stop()));
    return agent;
  }

  /** Says where the agent of a node listens; undefined = there is none. */
  place(nodeName: string, origin: string | undefined, podUid = `agent-of-${nodeName}`): void {
    const { cluster } = this.manager;
    if (origin === undefined) cluster.agentMap.delete(nodeName);
    else cluster.agentMap.set(nodeName, { nodeName, origin, podUid });
    if (!cluster.nodeList.some(({ name }) => name === nodeName)) {
      cluster.nodeList.push(aNode({ name: nodeName }));
      cluster.podList.push(aPod({ uid: podUidOf(nodeName), name: `web-of-${nodeName}`, nodeName }));
    }
    cluster.changed();
  }

  async wish(spec: Wish): Promise<string> {
    const body = { labelSelectors: [{ key: 'app', value: 'web' }], ...spec };
    const answer = await this.call('POST', '/api/v1/strategies', body);
    if (answer.status !== 200) throw new Error(`strategy refused: ${JSON.stringify(answer.body)}`);
    return answer.body.data.id;
  }

  call(method: string, path: string, body?: unknown) {
    return this.manager.call(method, path, body, this.#token);
  }

  async delivery(nodeName = 'node-1') {
    const { body } = await this.call('GET', '/api/v1/nodes');
    return body.data.nodes.find(({ name }: { name: string }) => name === nodeName)?.delivery;
  }

  async intents(nodeName = 'node-1') {
    const { body } = await this.call('GET', '/api/v1/intents/self');
    return body.data.intents.filter(({ nodeID }: { nodeID: string }) => nodeID === nodeName);
  }

  async metric(name: string): Promise<number> {
    const line = (await this.manager.metrics()).split('\n').find((each) => each.startsWith(`${name} `));
    return Number(line?.split(' ')[1]);
  }

  async stop(): Promise<void> {
    for (const end of this.#ends) await end();
  }
}

/** The uid of the one pod that each node has. */
export function podUidOf(nodeName: string): string {
  return `11111111-2222-4333-8444-${nodeName.replaceAll(/\D/g, '').padStart(12, '0')}`;
}

function once(end: () => Promise<void>): () => Promise<void> {
  let ended: Promise<void> | undefined;
  return () => {
    ended ??= end();
    return ended;
  };
}
