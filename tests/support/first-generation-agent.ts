import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { TLSSocket, type TlsOptions } from 'node:tls';
import { stringify as stringifyLossless } from 'lossless-json';
import { RE2JS } from 're2js';
import { BadPayload, decoded, type GoObject } from './first-generation-json.js';
import {
  type HeldIntent,
  type HeldNodeIntent,
  merkleRootOf,
  nodeMerkleRootOf,
} from './first-generation-merkle.js';
import { signedToken, whyNotValid } from './first-generation-tokens.js';

/** A process that the agent would find under /proc. */
export interface OldProcess {
  readonly pid: number;
  readonly podUid: string;
  readonly comm: string;
}

export interface ReceivedCall {
  readonly method: string;
  readonly path: string;
  readonly body: string;
  /** Common name of the certificate that the caller showed. */
  readonly shown: string | undefined;
  /** Answered with 200. */
  taken: boolean;
}

/** What a test wants answered in place of the truth; `hang` = nothing at all. */
export type Fault = { readonly status: number; readonly body: string } | 'hang' | undefined;

export interface FirstGenerationAgentOptions {
  /** One pair for all agents of a cluster, as the first generation has it; a new one otherwise. */
  readonly key?: KeyObject;
  readonly processes?: readonly OldProcess[];
  /** 0 = any free one. */
  readonly port?: number;
  /** Listen over TLS. */
  readonly tls?: TlsOptions;
}

const TOKEN_LIFETIME_SEC = 86_400;
const TOKEN_ISSUER = 'decision-maker-service';
const ECHO_NOT_FOUND = { message: 'Not Found' };

/**
 * The decision maker of the first generation as far as its manager and its scheduler meet it, over a real socket:
 * written from the recordings in tests/wire and the rules of the public contract, and held to the recordings by
 * tests/contract/mixed-first-generation-agent.test.ts. It keeps nothing on disk, fences nothing, takes any token
 * that its own key signed, and does not know /capabilities.
 */
export class FirstGenerationAgent {
  readonly key: KeyObject;
  readonly publicKeyPem: string;
  processes: readonly OldProcess[];
  held: readonly HeldIntent[] = [];
  /** Undefined until some were posted or deleted. */
  heldNodeIntents: readonly HeldNodeIntent[] | undefined;
  readonly calls: ReceivedCall[] = [];
  tokenLifetimeSec = TOKEN_LIFETIME_SEC;
  /** Asked before each answer. */
  fault: (call: ReceivedCall) => Fault = () => undefined;
  readonly #server: Server;
  readonly #scheme: 'http' | 'https';
  #port = 0;

  private constructor(server: Server, options: FirstGenerationAgentOptions) {
    const made = options.key ?? newAgentKey();
    this.key = made;
    this.publicKeyPem = createPublicKey(made).export({ type: 'spki', format: 'pem' }).toString();
    this.processes = options.processes ?? [];
    this.#server = server;
    this.#scheme = options.tls === undefined ? 'http' : 'https';
    server.on('request', (request, response) => void this.#serve(request, response));
  }

  static async start(options: FirstGenerationAgentOptions = {}): Promise<FirstGenerationAgent> {
    const { tls } = options;
    const server = tls === undefined ? createServer() : createTlsServer(tls);
    const agent = new FirstGenerationAgent(server, options);
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(options.port ?? 0, '127.0.0.1', resolve);
    });
    agent.#port = (server.address() as AddressInfo).port;
    return agent;
  }

  /** Stays known after the end, for whoever takes the place. */
  get port(): number {
    return this.#port;
  }

  get origin(): string {
    return `${this.#scheme}://127.0.0.1:${this.port}`;
  }

  /** What the scheduler would be told, by its own call. */
  async scheduling(): Promise<readonly { pid: number; priority: number; execution_time: number }[]> {
    const headers = { authorization: `Bearer ${this.token('scheduler')}` };
    const response = await fetch(`${this.origin}/api/v1/scheduling/strategies`, { headers });
    return ((await response.json()) as { scheduling: [] }).scheduling;
  }

  callsTo(method: string, path: string): ReceivedCall[] {
    return this.calls.filter((call) => call.method === method && call.path === path);
  }

  /** As after a crash: nothing was kept. */
  loseMemory(): void {
    this.held = [];
    this.heldNodeIntents = undefined;
  }

  token(clientId: string, lifetimeSec = this.tokenLifetimeSec): string {
    const nowSec = Math.floor(Date.now() / 1_000);
    const claims = {
      client_id: clientId,
      iss: TOKEN_ISSUER,
      sub: clientId,
      exp: nowSec + lifetimeSec,
      nbf: nowSec,
      iat: nowSec,
    };
    return signedToken(claims, this.key);
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const call = {
      method: request.method ?? '',
      path: request.url ?? '',
      body: Buffer.concat(chunks).toString('utf8'),
      shown: shownBy(request),
      taken: false,
    };
    this.calls.push(call);
    const fault = this.fault(call);
    if (fault === 'hang') return;
    if (fault !== undefined) return void response.writeHead(fault.status).end(fault.body);
    const { status, body } = this.#answer(call, request.headers.authorization);
    call.taken = status === 200;
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(request.method === 'HEAD' ? '' : `${stringifyLossless(body)}\n`);
  }

  #answer({ method, path, body }: ReceivedCall, authorization: string | undefined): Answered {
    const route = ROUTES.get(`${method} ${path.split('?')[0]}`);
    if (route === undefined) return { status: 404, body: ECHO_NOT_FOUND };
    if (route !== 'token') {
      const refusal = this.#whyRefused(authorization);
      if (refusal !== undefined) return failure(401, refusal);
    }
    try {
      return this.#handlers[route](body);
    } catch (error) {
      if (error instanceof BadPayload) return failure(400, 'Invalid request payload');
      throw error;
    }
  }

  readonly #handlers: Readonly<Record<RouteName, (body: string) => Answered>> = {
    token: (body) => this.#exchange(decoded(body)),
    post: (body) => {
      this.held = decoded(body).list('intents').map(heldIntent);
      return succeeded();
    },
    merkle: () => succeeded({ rootHash: merkleRootOf(this.held) }),
    delete: (body) => this.#delete(decoded(body)),
    nodePost: (body) => {
      this.heldNodeIntents = decoded(body).list('policies').map(heldNodeIntent);
      return succeeded();
    },
    nodeMerkle: () => {
      const held = this.heldNodeIntents;
      return succeeded({ rootHash: held === undefined ? '' : nodeMerkleRootOf(held) });
    },
    nodeDelete: (body) => this.#deleteNodeIntents(decoded(body)),
    strategies: () => ({
      status: 200,
      body: {
        success: true,
        message: 'Scheduling intents retrieved successfully',
        timestamp: timestamp(),
        scheduling: this.#scheduling(),
      },
    }),
    pods: () => succeeded({ pods: this.#pods(), timestamp: timestamp(), node_name: 'a-pod-name' }),
  };

  #exchange(request: GoObject): Answered {
    const publicKey = request.text('public_key');
    const clientId = request.text('client_id');
    request.integer('expired_at');
    if (publicKey.replaceAll('\r\n', '\n').trim() !== this.publicKeyPem.trim()) {
      return failure(401, 'Public key verification failed ');
    }
    const expiresAtSec = Math.floor(Date.now() / 1_000) + this.tokenLifetimeSec;
    return succeeded({ token: this.token(clientId), expired_at: expiresAtSec });
  }

  #delete(request: GoObject): Answered {
    const podId = request.text('podId');
    const pid = request.integer('pid');
    if (request.flag('all')) this.held = [];
    else if (podId === '') return failure(400, "PodID is required when 'all' is false");
    // With a pid only the list of the moment changes, and the next look makes it anew.
    else if (pid === 0) this.held = this.held.filter((intent) => intent.podID !== podId);
    return succeeded();
  }

  #deleteNodeIntents(request: GoObject): Answered {
    const policyId = request.text('policyId');
    if (request.flag('all')) this.heldNodeIntents = [];
    else if (policyId === '') return failure(400, "policyId is required when 'all' is false");
    else this.heldNodeIntents = (this.heldNodeIntents ?? []).filter(({ policyID }) => policyID !== policyId);
    return succeeded();
  }

  #scheduling(): Record<string, unknown>[] {
    const inOrderOfProc = [...this.processes].sort((a, b) => (String(a.pid) < String(b.pid) ? -1 : 1));
    return this.held.flatMap((intent) => {
      const pattern = patternOf(intent.commandRegex);
      if (pattern === undefined) return [];
      return inOrderOfProc
        .filter(({ podUid, comm }) => podUid === intent.podID && comm !== 'pause' && pattern.test(comm))
        .map(({ pid }) => itemOf(intent, pid));
    });
  }

  #pods(): unknown[] {
    const uids = [...new Set(this.processes.map(({ podUid }) => podUid))];
    return uids.map((uid) => ({
      pod_uid: uid,
      processes: this.processes
        .filter(({ podUid }) => podUid === uid)
        .map(({ pid, comm }) => ({ pid, command: comm, ppid: 1 })),
    }));
  }

  #whyRefused(authorization: string | undefined): string | undefined {
    if (authorization === undefined) return 'Authorization header is required';
    // The header's trailing blanks are gone before anybody sees it.
    if (!authorization.startsWith('Bearer ')) return "Authorization header must start with 'Bearer '";
    const reason = whyNotValid(authorization.slice('Bearer '.length), this.publicKeyPem);
    return reason === undefined ? undefined : `Invalid or expired token: ${reason}`;
  }
}

interface Answered {
  readonly status: number;
  readonly body: unknown;
}

type RouteName =
  | 'token'
  | 'post'
  | 'merkle'
  | 'delete'
  | 'nodePost'
  | 'nodeMerkle'
  | 'nodeDelete'
  | 'strategies'
  | 'pods';

const ROUTES: ReadonlyMap<string, RouteName> = new Map([
  ['POST /api/v1/auth/token', 'token'],
  ['POST /api/v1/intents', 'post'],
  ['GET /api/v1/intents/merkle', 'merkle'],
  ['DELETE /api/v1/intents', 'delete'],
  ['POST /api/v1/node-intents', 'nodePost'],
  ['GET /api/v1/node-intents/merkle', 'nodeMerkle'],
  ['DELETE /api/v1/node-intents', 'nodeDelete'],
  ['GET /api/v1/scheduling/strategies', 'strategies'],
  ['GET /api/v1/pods/pids', 'pods'],
]);

function shownBy({ socket }: IncomingMessage): string | undefined {
  const name: unknown = socket instanceof TLSSocket ? socket.getPeerCertificate()?.subject?.CN : undefined;
  return typeof name === 'string' ? name : undefined;
}

function succeeded(data?: unknown): Answered {
  return {
    status: 200,
    body: { success: true, ...(data === undefined ? {} : { data }), timestamp: timestamp() },
  };
}

function failure(status: number, error: string): Answered {
  return { status, body: { success: false, error } };
}

function timestamp(): string {
  return new Date().toISOString().replace(/\.\d+Z$/, 'Z');
}

/** A key pair as one of the first generation's sample files holds. */
export function newAgentKey(): KeyObject {
  return generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
}

function itemOf(intent: HeldIntent, pid: number): Record<string, unknown> {
  const selectors = Object.entries(intent.podLabels).map(([key, value]) => ({ key, value }));
  return {
    priority: intent.priority,
    // Its reader's field has no sign.
    execution_time: BigInt.asUintN(64, BigInt(intent.executionTime)),
    pid,
    ...(selectors.length === 0 ? {} : { selectors }),
    ...(intent.commandRegex === '' ? {} : { command_regex: intent.commandRegex }),
  };
}

function patternOf(source: string): RE2JS | undefined {
  try {
    return RE2JS.compile(source);
  } catch {
    return undefined;
  }
}

function heldIntent(item: GoObject): HeldIntent {
  return {
    podName: item.text('podName'),
    podID: item.text('podID'),
    nodeID: item.text('nodeID'),
    k8sNamespace: item.text('k8sNamespace'),
    commandRegex: item.text('commandRegex'),
    priority: item.integer('priority'),
    executionTime: item.integer('executionTime'),
    podLabels: item.texts('podLabels'),
  };
}

function heldNodeIntent(item: GoObject): HeldNodeIntent {
  return {
    policyID: item.text('policyID'),
    nodeID: item.text('nodeID'),
    commandRegex: item.text('commandRegex'),
    priority: item.integer('priority'),
    executionTime: item.integer('executionTime'),
  };
}
