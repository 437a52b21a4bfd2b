import { Agent, request } from 'undici';
import {
  capabilitiesData,
  merkleData,
  PATHS,
  podProcessesData,
  setVersion,
} from '../../../shared/contract/decision-maker-api.js';
import { DomainError, messageOf } from '../../../shared/domain/domain-error.js';
import type { IntentSet, SetVersion } from '../../../shared/domain/intent.js';
import type { AgentEndpoint } from '../../domain/cluster.js';
import type { AgentGreeting, DecisionMaker, PodProcesses, SetAnswer } from '../../ports/decision-maker.js';
import type { AgentTokens } from './agent-tokens.js';

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

const PRODUCT_FEATURE = 'fenced-sets';

/** Speaks the contract over HTTP: one connection kept for each agent, a limit on every call. */
export class HttpDecisionMaker implements DecisionMaker {
  readonly #tokens: AgentTokens;
  readonly #timeoutMs: number;
  readonly #dispatcher = new Agent({ connections: 1, keepAliveTimeout: 45_000 });

  constructor(tokens: AgentTokens, timeoutMs: number) {
    this.#tokens = tokens;
    this.#timeoutMs = timeoutMs;
  }

  async greet(agent: AgentEndpoint, signal: AbortSignal): Promise<AgentGreeting> {
    const answer = await this.#call(agent, { method: 'GET', path: PATHS.capabilities }, signal);
    if (answer.status === 404) return { knowsFencedSets: false, set: undefined };
    const data = dataOf(agent, answer, capabilitiesData);
    return { knowsFencedSets: data.features.includes(PRODUCT_FEATURE), set: data.set ?? undefined };
  }

  async replaceSet(agent: AgentEndpoint, set: IntentSet, signal: AbortSignal): Promise<SetAnswer> {
    const answer = await this.#call(agent, { method: 'POST', path: PATHS.intents, body: set }, signal);
    const version = dataOf(agent, answer, setVersion, [200, 409]);
    return answer.status === 409 ? { kind: 'outdated', held: version } : { kind: 'acknowledged', version };
  }

  async heldSet(agent: AgentEndpoint, signal: AbortSignal): Promise<SetVersion | undefined> {
    const answer = await this.#call(agent, { method: 'GET', path: PATHS.intentsMerkle }, signal);
    return dataOf(agent, answer, merkleData).set ?? undefined;
  }

  async podProcesses(agent: AgentEndpoint, signal: AbortSignal): Promise<readonly PodProcesses[]> {
    const answer = await this.#call(agent, { method: 'GET', path: PATHS.podProcesses }, signal);
    return dataOf(agent, answer, podProcessesData).pods.map((pod) => ({
      podUid: pod.pod_uid,
      processes: pod.processes.map((process) => ({
        pid: process.pid,
        command: process.command,
        parentPid: process.ppid,
        containerId: process.container_id,
      })),
    }));
  }

  async close(): Promise<void> {
    await this.#dispatcher.destroy();
  }

  async #call(agent: AgentEndpoint, { method, path, body }: Call, signal: AbortSignal): Promise<Answer> {
    const token = await this.#tokens.tokenFor(agent.nodeName);
    const limited = AbortSignal.any([signal, AbortSignal.timeout(this.#timeoutMs)]);
    try {
      const response = await request(agent.origin + path, {
        method,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: limited,
        dispatcher: this.#dispatcher,
      });
      const answer = { status: response.statusCode, body: parseJson(await response.body.text()) };
      if (answer.status === 401) this.#tokens.forget(agent.nodeName);
      return answer;
    } catch (error) {
      const late = limited.aborted && !signal.aborted;
      const reason = late ? `no answer within ${this.#timeoutMs} ms` : messageOf(error);
      throw unavailable(agent, reason, error);
    }
  }
}

function dataOf<Value>(
  agent: AgentEndpoint,
  { status, body }: Answer,
  schema: Schema<Value>,
  expected: readonly number[] = [200],
): Value {
  const envelope = body as { data?: unknown; error?: unknown } | undefined;
  if (!expected.includes(status)) {
    const text = typeof envelope?.error === 'string' ? envelope.error : 'without a reason';
    throw unavailable(agent, `it answered ${status}: ${text}`);
  }
  const result = schema.safeParse(envelope?.data);
  if (!result.success)
    throw unavailable(agent, `its answer is not of the agreed form: ${result.error.message}`);
  return result.data;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
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
