import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Container } from 'inversify';
import { managerConfigSchema } from '../../config/manager-config.js';
import { SqliteExecutor, type SqlStatement } from '../../manager/adapters/embedded/sqlite-executor.js';
import type { MongoSettings } from '../../manager/adapters/mongo/mongo-connection.js';
import { createManager } from '../../manager/app/create-manager.js';
import { TOKENS } from '../../manager/app/tokens.js';
import type { AuditEntry } from '../../manager/domain/audit-entry.js';
import { secretsIn } from '../../manager/domain/audit-facts.js';
import type { AgentEndpoint, ClusterNode, Pod } from '../../manager/domain/cluster.js';
import type { User } from '../../manager/domain/user.js';
import type { AuditTrail } from '../../manager/ports/audit-trail.js';
import type { HttpServer } from '../../shared/http/serve.js';
import { silentLogger } from '../../shared/observability/logger.js';
import { FakeDecisionMaker } from './fake-decision-maker.js';

export const ADMIN = { username: 'admin@example.com', password: 'correct-horse-battery' } as const;

/** A cluster that a test fills by hand. */
export class FakeCluster {
  readonly name = 'fake cluster';
  readonly synced = true;
  readonly podList: Pod[] = [];
  readonly nodeList: ClusterNode[] = [];
  readonly agentMap = new Map<string, AgentEndpoint>();
  #listener: () => void = () => {};

  pods(): Iterable<Pod> {
    return this.podList;
  }
  nodes(): Iterable<ClusterNode> {
    return this.nodeList;
  }
  agents(): ReadonlyMap<string, AgentEndpoint> {
    return this.agentMap;
  }
  onChange(listener: () => void): void {
    this.#listener = listener;
  }
  changed(): void {
    this.#listener();
  }
  async start(): Promise<void> {}
  async stop(): Promise<void> {}
}

export interface TestManagerOptions {
  readonly adminPassword?: string;
  /** Speak to agents over real sockets; otherwise one in memory stands for all of them. */
  readonly overSockets?: boolean;
  /** Binds other implementations over those of the product and of this file. */
  readonly override?: (container: Container) => void;
  /** Keep everything in this database instead of an embedded one in memory. */
  readonly store?: MongoSettings | undefined;
  /** Listen on a port of the system's choice; otherwise nobody can call but through `api`. */
  readonly listen?: boolean;
  /** Sections of the configuration beside those that every test needs. */
  readonly sections?: Readonly<Record<string, unknown>>;
}

/**
 * The whole manager as its composition root wires it, in this process and without sockets: only the edges are
 * replaced (cluster and agents by hand-filled ones, the database thread by the same database in this thread).
 */
export async function startTestManager(configured: TestManagerOptions = {}) {
  const stateFolder = await mkdtemp(path.join(tmpdir(), 'podium-test-'));
  const executor = new SqliteExecutor(':memory:');
  const cluster = new FakeCluster();
  const decisionMaker = Object.assign(new FakeDecisionMaker(), { close: async () => {} });
  const config = managerConfigSchema.parse({
    server: { host: '127.0.0.1:0' },
    state: { dir: stateFolder },
    account: { admin_password: configured.adminPassword ?? ADMIN.password },
    ...(configured.store === undefined ? {} : storageSections(configured.store)),
    ...configured.sections,
  });
  const sql = async (statement: SqlStatement) => {
    const [outcome] = executor.executeBatch([statement]);
    if (outcome === undefined) throw new Error('no outcome');
    return outcome;
  };
  let metrics: () => Promise<string> = async () => '';
  let auditEntries: () => Promise<readonly AuditEntry[]> = async () => [];
  let setUserStatus: (username: string, changes: Partial<User>) => Promise<void> = async () => {};
  let container = new Container();
  const manager = createManager(config, (bound) => {
    container = bound;
    container.rebind(TOKENS.logger).toConstantValue(silentLogger);
    container.rebind(TOKENS.cluster).toConstantValue(cluster);
    if (configured.overSockets !== true) {
      container.rebind(TOKENS.decisionMaker).toConstantValue(decisionMaker);
    }
    auditEntries = () => container.get(TOKENS.auditLog).find({}, 1_000);
    metrics = () => container.get(TOKENS.registry).metrics();
    if (configured.store === undefined) {
      container.rebind(TOKENS.databaseWorker).toConstantValue({
        name: 'database in this thread',
        start: async () => {},
        stop: async () => executor.close(),
        run: sql,
      });
    }
    container
      .rebind(TOKENS.auditTrail)
      .toResolvedValue(refusingSecrets, [TOKENS.chainedAuditTrail])
      .inSingletonScope();
    setUserStatus = async (username, changes) => {
      const users = container.get(TOKENS.userStore);
      const user = await users.byUsername(username);
      if (user === undefined) throw new Error(`no user ${username}`);
      await users.replace({ ...user, ...changes, revision: user.revision + 1 }, user.revision);
    };
    configured.override?.(container);
  });
  const { api, components } = await manager.catch(async (error) => {
    await rm(stateFolder, { recursive: true, force: true });
    throw error;
  });
  const listener = components.find((component): component is HttpServer => component.name === 'http');
  const running = components.filter((component) => configured.listen === true || component !== listener);
  const stop = async () => {
    for (const component of running.toReversed()) await component.stop(AbortSignal.timeout(5_000));
    await rm(stateFolder, { recursive: true, force: true });
  };
  try {
    for (const component of running) await component.start(new AbortController().signal);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    api,
    cluster,
    decisionMaker,
    metrics,
    /** Newest first. */
    auditEntries: () => auditEntries(),
    /** 0 unless it listens. */
    port: () => listener?.port() ?? 0,
    stateFolder,
    stop,
    container,
    /** The embedded database behind the manager's back. */
    sql,
    changeUser: setUserStatus,
    ...client(api),
  };
}

function storageSections({ uri, database, connectTimeoutMs, operationTimeoutMs }: MongoSettings) {
  return {
    storage: { driver: 'mongodb' },
    mongodb: {
      uri,
      database,
      connect_timeout_ms: connectTimeoutMs,
      operation_timeout_ms: operationTimeoutMs,
    },
  };
}

export type TestManager = Awaited<ReturnType<typeof startTestManager>>;

interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: answers of every route, read field by field in tests.
  readonly body: any;
}

type Api = Awaited<ReturnType<typeof createManager>>['api'];

function client(api: Api) {
  const call = async (method: string, url: string, body?: unknown, token?: string): Promise<Answer> => {
    const response = await api.request(url, {
      method,
      headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
  };
  const login = async (password: string = ADMIN.password): Promise<string> => {
    const { status, body } = await call('POST', '/api/v1/auth/login', { username: ADMIN.username, password });
    if (status !== 200) throw new Error(`login answered ${status}: ${JSON.stringify(body)}`);
    return body.data.token;
  };
  const request = async (method: string, url: string, options: RequestOptions = {}) => {
    const { body, token, headers = {} } = options;
    const response = await api.request(url, {
      method,
      headers: { ...(token === undefined ? {} : { authorization: `Bearer ${token}` }), ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const answer: Answer = { status: response.status, body: await response.json() };
    return { ...answer, headers: response.headers };
  };
  return { call, login, request };
}

interface RequestOptions {
  readonly body?: unknown;
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Whatever tells a secret to the audit log fails in every test that runs on this manager. */
function refusingSecrets(trail: AuditTrail): AuditTrail {
  return {
    record: (actor, event) => {
      const secrets = secretsIn(event);
      if (secrets.length > 0) throw new Error(`${event.action} tells ${secrets.join(', ')} to the audit log`);
      return trail.record(actor, event);
    },
  };
}
