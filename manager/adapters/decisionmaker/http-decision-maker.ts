import { request } from 'undici';
import {
  capabilitiesData,
  legacyMerkleData,
  merkleData,
  nodeIntentsMerkleData,
  PATHS,
  podProcessesData,
  setVersion,
  tokenData,
} from '../../../shared/contract/decision-maker-api.js';
import { DomainError, messageOf } from '../../../shared/domain/domain-error.js';
import type { IntentSet, SetVersion } from '../../../shared/domain/intent.js';
import type { PublicIntent } from '../../../shared/domain/intent-digest.js';
import type { Clock } from '../../../shared/lifecycle/clock.js';
import { withinTime } from '../../../shared/lifecycle/within-time.js';
import type { AgentEndpoint } from '../../domain/cluster.js';
import type { NodeIntentItem } from '../../domain/node-intent.js';
import type { AgentGreeting, DecisionMaker, PodProcesses, SetAnswer } from '../../ports/decision-maker.js';
import type { AgentConnections } from './agent-connections.js';
import { AgentCredentials, type PublicKeyExchange } from './agent-credentials.js';
import type { AgentTokens } from './agent-tokens.js';
import type { ExchangedToken } from './exchanged-tokens.js';

export interface HttpDecisionMakerOptions {
  readonly connections: AgentConnections;
  readonly tokens: AgentTokens;
  /** Undefined = agents that refuse this manager's own tokens cannot be used. */
  readonly exchange: PublicKeyExchange | undefined;
  /** Longest time for one operation, with everything it takes. */
  readonly timeoutMs: number;
  readonly clock: Clock;
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

interface Call {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: unknown;
}

/** A schema of the contract: whatever the agent sends is checked before it is believed. */
interface Schema<Value> {
  safeParse(value: unknown): { success: true; data: Value } | { success: false; error: Error };
}

const FENCED_SETS = 'fenced-sets';
/** Asked for because the original asks; the answer says how long the token really lasts. */
const TOKEN_LIFETIME_SEC = 86_400;

/** Speaks the contract over HTTP: one connection kept for each agent, a limit on every call. */
export class HttpDecisionMaker implements DecisionMaker {
  readonly #options: HttpDecisionMakerOptions;
  readonly #credentials: AgentCredentials;

  constructor(options: HttpDecisionMakerOptions) {
    this.#options = options;
    this.#credentials = new AgentCredentials(options.tokens, options.exchange?.tokens);
  }

  async greet(agent: AgentEndpoint, signal: AbortSignal): Promise<AgentGreeting> {
    return this.#limited(agent, signal, async (limited) => {
      const answer = await this.#read(agent, PATHS.capabilities, limited);
      // An agent that does not know the route answers so to anybody; the root shows which token it takes.
      if (answer.status === 404) return { generation: 'first', root: await this.#root(agent, limited) };
      const data = dataOf(agent, answer, capabilitiesData);
      if (!data.features.includes(FENCED_SETS)) {
        throw unavailable(
          agent,
          `it does not offer ${FENCED_SETS}: ${data.features.join(', ') || 'nothing'}`,
        );
      }
      return { generation: 'current', set: data.set ?? undefined };
    });
  }

  async replaceSet(agent: AgentEndpoint, set: IntentSet, signal: AbortSignal): Promise<SetAnswer> {
    return this.#limited(agent, signal, async (limited) => {
      const answer = await this.#write(agent, PATHS.intents, set, limited);
      const version = dataOf(agent, answer, setVersion, [200, 409]);
      return answer.status === 409 ? { kind: 'outdated', held: version } : { kind: 'acknowledged', version };
    });
  }

  async heldSet(agent: AgentEndpoint, signal: AbortSignal): Promise<SetVersion | undefined> {
    return this.#limited(agent, signal, async (limited) => {
      const answer = await this.#read(agent, PATHS.intentsMerkle, limited);
      return dataOf(agent, answer, merkleData).set ?? undefined;
    });
  }

  async replaceLegacySet(
    agent: AgentEndpoint,
    intents: readonly PublicIntent[],
    signal: AbortSignal,
  ): Promise<void> {
    await this.#limited(agent, signal, async (limited) => {
      const answer = await this.#write(agent, PATHS.intents, { intents }, limited);
      expectStatus(agent, answer, [200]);
    });
  }

  async legacyRoot(agent: AgentEndpoint, signal: AbortSignal): Promise<string> {
    return this.#limited(agent, signal, (limited) => this.#root(agent, limited));
  }

  async nodeIntentRoot(agent: AgentEndpoint, signal: AbortSignal): Promise<string | undefined> {
    return this.#limited(agent, signal, async (limited) => {
      const answer = await this.#read(agent, PATHS.nodeIntentsMerkle, limited);
      if (answer.status === 404) return undefined;
      return dataOf(agent, answer, nodeIntentsMerkleData).rootHash;
    });
  }

  async replaceNodeIntents(
    agent: AgentEndpoint,
    items: readonly NodeIntentItem[],
    signal: AbortSignal,
  ): Promise<void> {
    await this.#limited(agent, signal, async (limited) => {
      const answer = await this.#write(agent, PATHS.nodeIntents, { policies: items }, limited);
      expectStatus(agent, answer, [200]);
    });
  }

  async podProcesses(agent: AgentEndpoint, signal: AbortSignal): Promise<readonly PodProcesses[]> {
    return this.#limited(agent, signal, async (limited) => {
      const answer = await this.#read(agent, PATHS.podProcesses, limited);
      return dataOf(agent, answer, podProcessesData).pods.map((pod) => ({
        podUid: pod.pod_uid,
        processes: pod.processes.map((process) => ({
          pid: process.pid,
          command: process.command,
          parentPid: process.ppid,
          containerId: process.container_id,
        })),
      }));
    });
  }

  forget(nodeName: string): void {
    this.#credentials.forget(nodeName);
  }

  async close(): Promise<void> {
    await this.#options.connections.close();
  }

  async #root(agent: AgentEndpoint, signal: AbortSignal): Promise<string> {
    const answer = await this.#read(agent, PATHS.intentsMerkle, signal);
    if (answer.status === 404) {
      throw unavailable(agent, 'agent too old: it cannot be asked which set it holds; update it');
    }
    return dataOf(agent, answer, legacyMerkleData).rootHash;
  }

  /** Where the agent refuses our own token, this may ask it for one. */
  async #read(agent: AgentEndpoint, path: string, signal: AbortSignal): Promise<Answer> {
    const send = (token: string) => this.#send(agent, { method: 'GET', path }, signal, token);
    const exchange = () => this.#exchange(agent, signal);
    const answer = await this.#credentials.call(agent, { send, exchange });
    if (answer.status === 401) throw this.#refused(agent, answer);
    return answer;
  }

  /** An agent that suddenly refuses the token may be another program: it must be greeted before it is changed. */
  async #write(agent: AgentEndpoint, path: string, body: unknown, signal: AbortSignal): Promise<Answer> {
    const send = (token: string) => this.#send(agent, { method: 'POST', path, body }, signal, token);
    const answer = await this.#credentials.call(agent, { send, exchange: undefined });
    if (answer.status === 401) throw this.#refused(agent, answer);
    return answer;
  }

  async #exchange(agent: AgentEndpoint, signal: AbortSignal): Promise<ExchangedToken> {
    const { exchange, clock } = this.#options;
    if (exchange === undefined) throw unavailable(agent, 'no exchange is configured');
    const body = {
      public_key: exchange.publicKeyPem,
      client_id: exchange.clientId,
      expired_at: Math.floor(clock.now() / 1_000) + TOKEN_LIFETIME_SEC,
    };
    const answer = await this.#send(agent, { method: 'POST', path: PATHS.token, body }, signal);
    if (answer.status !== 200) {
      const reason = `it refused this manager's token and the exchange of its public key (${told(answer)})`;
      throw unavailable(agent, `${reason}: key.dm_public_key_pem must be the public half of its own key`);
    }
    const { token, expired_at } = dataOf(agent, answer, tokenData);
    return { token, expiresAtSec: expired_at };
  }

  #refused(agent: AgentEndpoint, answer: Answer): DomainError {
    const currentAgent = "its auth.manager_jwks_file needs this manager's jwks.json";
    const oldAgent =
      this.#options.exchange === undefined
        ? "; one of the first generation needs its public key as this manager's key.dm_public_key_pem"
        : '';
    return unavailable(
      agent,
      `it refused this manager's token (${told(answer)}): ${currentAgent}${oldAgent}`,
    );
  }

  /** One limit over all that an operation takes. */
  async #limited<Value>(
    agent: AgentEndpoint,
    signal: AbortSignal,
    operation: (limited: AbortSignal) => Promise<Value>,
  ): Promise<Value> {
    try {
      return await withinTime(this.#options.timeoutMs, signal, operation);
    } catch (error) {
      throw error instanceof DomainError ? error : unavailable(agent, messageOf(error), error);
    }
  }

  async #send(
    agent: AgentEndpoint,
    { method, path, body }: Call,
    signal: AbortSignal,
    token?: string,
  ): Promise<Answer> {
    const response = await request(agent.origin + path, {
      method,
      headers: {
        'content-type': 'application/json',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal,
      dispatcher: this.#options.connections.dispatcher,
    });
    return { status: response.statusCode, body: parseJson(await response.body.text()) };
  }
}

function dataOf<Value>(
  agent: AgentEndpoint,
  answer: Answer,
  schema: Schema<Value>,
  expected: readonly number[] = [200],
): Value {
  expectStatus(agent, answer, expected);
  const result = schema.safeParse((answer.body as { data?: unknown } | undefined)?.data);
  if (!result.success)
    throw unavailable(agent, `its answer is not of the agreed form: ${result.error.message}`);
  return result.data;
}

/** Both generations say `success`; another kind of server that answers 200 to anything does not. */
function expectStatus(agent: AgentEndpoint, answer: Answer, expected: readonly number[]): void {
  if (!expected.includes(answer.status)) throw unavailable(agent, `it answered ${told(answer)}`);
  const { success } = (answer.body ?? {}) as { success?: unknown };
  if (answer.status === 200 && success !== true)
    throw unavailable(agent, 'its answer is not of the agreed form');
}

/** Status and reason, as the agent gave them. */
function told({ status, body }: Answer): string {
  const reason = (body as { error?: unknown } | undefined)?.error;
  return typeof reason === 'string' ? `${status}: ${reason.trim()}` : `${status} without a reason`;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) ?? undefined;
  } catch {
    return undefined;
  }
}

function unavailable(agent: AgentEndpoint, reason: string, cause?: unknown): DomainError {
  return new DomainError(
    'unavailable',
    `the decision maker of node ${agent.nodeName} at ${agent.origin} could not be used: ${reason}`,
    { cause },
  );
}
