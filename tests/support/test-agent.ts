import type { KeyObject } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { decisionMakerSchema } from '../../config/decisionmaker-config.js';
import { startEngineThread } from '../../decisionmaker/adapters/engine/start-engine-thread.js';
import type { EngineThread } from '../../decisionmaker/adapters/engine/thread-engine.js';
import { createDecisionMaker } from '../../decisionmaker/app/create-decision-maker.js';
import type { EngineSettings } from '../../decisionmaker/ports/decision-engine.js';
import { generateRsaKey, toJwks } from '../../shared/auth/keys.js';
import { TokenIssuer } from '../../shared/auth/token-issuer.js';
import { agentAudience, MANAGER_TOKEN_ISSUER, PATHS } from '../../shared/contract/decision-maker-api.js';
import type { IntentSet } from '../../shared/domain/intent.js';
import { runComponents } from '../../shared/lifecycle/run-components.js';
import { silentLogger } from '../../shared/observability/logger.js';
import { NODE } from './agent-builders.js';
import { startEngineInThisThread } from './in-thread-engine.js';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies of every shape.
  readonly body: any;
}

export interface SchedulingItem {
  readonly priority: number;
  readonly execution_time: number;
  readonly pid: number;
  readonly selectors?: readonly { readonly key: string; readonly value: string }[];
  readonly command_regex?: string;
}

/** A caller of an agent, with a manager's key and whatever token it asks for. */
export class AgentClient {
  readonly url: string;
  readonly stateDir: string;
  readonly #managerKey: KeyObject;
  #managerToken: string | undefined;
  #schedulerToken: string | undefined;

  constructor(port: number, stateDir: string, managerKey: KeyObject) {
    this.url = `http://127.0.0.1:${port}`;
    this.stateDir = stateDir;
    this.#managerKey = managerKey;
  }

  async call(
    method: string,
    target: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const response = await fetch(`${this.url}${target}`, {
      method,
      headers: { 'content-type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, body: parsed(text) };
  }

  async asManager(method: string, target: string, body?: unknown): Promise<Answer> {
    this.#managerToken ??= await this.managerToken();
    return this.call(method, target, body, { authorization: `Bearer ${this.#managerToken}` });
  }

  async asScheduler(method: string, target: string, body?: unknown): Promise<Answer> {
    this.#schedulerToken ??= await this.schedulerToken();
    return this.call(method, target, body, { authorization: `Bearer ${this.#schedulerToken}` });
  }

  async managerToken(
    overrides: { audience?: string; issuer?: string; key?: KeyObject; now?: () => number } = {},
  ): Promise<string> {
    const issuer = new TokenIssuer(
      overrides.key ?? this.#managerKey,
      overrides.issuer ?? MANAGER_TOKEN_ISSUER,
      overrides.now ?? Date.now,
    );
    const audience = overrides.audience ?? agentAudience(NODE);
    return (await issuer.issue({ subject: 'manager-1', audience, lifetimeSec: 300 })).token;
  }

  async schedulerToken(): Promise<string> {
    const { body } = await this.call('POST', PATHS.token, { public_key: this.publicKeyPem() });
    return body.data.token;
  }

  publicKeyPem(): string {
    return readFileSync(path.join(this.stateDir, 'public-key.pem'), 'utf8');
  }

  postSet(set: IntentSet): Promise<Answer> {
    return this.asManager('POST', PATHS.intents, set);
  }

  strategies(): Promise<Answer> {
    return this.asScheduler('GET', PATHS.schedulingStrategies);
  }

  async items(): Promise<readonly SchedulingItem[]> {
    const { status, body } = await this.strategies();
    if (status !== 200) throw new Error(`expected decisions, got ${status} ${JSON.stringify(body)}`);
    return body.scheduling;
  }

  /** The pids served, in order. */
  async pids(): Promise<number[]> {
    return (await this.items()).map(({ pid }) => pid).toSorted((a, b) => a - b);
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export interface TestAgentOptions {
  readonly procRoot?: string;
  readonly cgroupRoot?: string;
  readonly stateDir?: string;
  /** File of the built engine, to run it in a thread of its own; else it runs in this one. */
  readonly engineProgram?: string;
  /** Sections of the configuration beside the folders. */
  readonly sections?: Readonly<Record<string, unknown>>;
}

/** The whole agent in this process, listening on a free port of the loopback interface. */
export class TestAgent extends AgentClient {
  readonly managerJwksFile: string;
  readonly #end: AbortController;
  readonly #ended: Promise<void>;
  readonly #folder: string;
  readonly #threads: readonly EngineThread[];

  private constructor(
    port: number,
    parts: {
      end: AbortController;
      ended: Promise<void>;
      folder: string;
      stateDir: string;
      key: KeyObject;
      threads: EngineThread[];
    },
  ) {
    super(port, parts.stateDir, parts.key);
    this.#end = parts.end;
    this.#ended = parts.ended;
    this.#folder = parts.folder;
    this.#threads = parts.threads;
    this.managerJwksFile = path.join(parts.folder, 'jwks.json');
  }

  static async start(options: TestAgentOptions = {}): Promise<TestAgent> {
    const folder = mkdtempSync(path.join(tmpdir(), 'podium-agent-'));
    const stateDir = options.stateDir ?? path.join(folder, 'state');
    const key = await managerKey();
    const jwksFile = path.join(folder, 'jwks.json');
    writeFileSync(jwksFile, JSON.stringify(toJwks([key])));
    const config = decisionMakerSchema.parse({
      server: { host: '127.0.0.1:0' },
      node: { name: NODE, machine_id: 'machine-1' },
      state: { dir: stateDir },
      ...(options.procRoot === undefined ? {} : { proc: { root: options.procRoot } }),
      ...(options.cgroupRoot === undefined ? {} : { cgroup: { root: options.cgroupRoot } }),
      refresh: { interval_ms: 25 },
      ...options.sections,
      auth: { manager_jwks_file: jwksFile, ...(options.sections?.auth as object | undefined) },
    });
    const { engineProgram } = options;
    const threads: EngineThread[] = [];
    const startThread = (settings: EngineSettings) => {
      const thread =
        engineProgram === undefined
          ? startEngineInThisThread(settings)
          : startEngineThread(settings, engineProgram);
      threads.push(thread);
      return thread;
    };
    const end = new AbortController();
    let ended: Promise<void> = Promise.resolve();
    const port = await new Promise<number>((resolve, reject) => {
      const { components } = createDecisionMaker(config, {
        logger: silentLogger,
        onListening: resolve,
        startEngineThread: startThread,
      });
      ended = runComponents(components, end.signal, { stopTimeoutMs: 2_000 });
      ended.catch(reject);
    });
    return new TestAgent(port, { end, ended, folder, stateDir, key, threads });
  }

  /** Threads of the engine that were started; the last one is at work. */
  get engineThreads(): readonly EngineThread[] {
    return this.#threads;
  }

  async stop(): Promise<void> {
    this.#end.abort();
    await this.#ended;
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

let sharedKey: Promise<KeyObject> | undefined;

/** One key for all agents of a test file: making one takes a while. */
export function managerKey(): Promise<KeyObject> {
  sharedKey ??= generateRsaKey();
  return sharedKey;
}

/** Asks again and again until the answer is as expected; fails with the last one after the time. */
export async function eventually<Value>(
  ask: () => Promise<Value>,
  isExpected: (value: Value) => boolean,
  withinMs = 10_000,
): Promise<Value> {
  const endsAtMs = performance.now() + withinMs;
  for (;;) {
    const value = await ask();
    if (isExpected(value)) return value;
    if (performance.now() > endsAtMs) throw new Error(`still ${JSON.stringify(value)} after ${withinMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
