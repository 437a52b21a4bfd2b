import type { AgentEndpoint } from '../../domain/cluster.js';
import type { AgentTokens } from './agent-tokens.js';
import type { ExchangedToken, ExchangedTokens } from './exchanged-tokens.js';

/** For agents that do not know this manager's key: what their own public key gets (DESIGN 9, "Credentials"). */
export interface PublicKeyExchange {
  /** SPKI PEM: what an agent of the first generation compares with its own. */
  readonly publicKeyPem: string;
  readonly clientId: string;
  readonly tokens: ExchangedTokens;
}

/** The answer to a call; only its status matters here. */
interface Answered {
  readonly status: number;
}

export interface AuthorizedCall<Answer extends Answered> {
  readonly send: (token: string) => Promise<Answer>;
  /** Asks the agent for a token for its public key; undefined where this call must not. */
  readonly exchange: (() => Promise<ExchangedToken>) | undefined;
}

/**
 * Which token goes with a call. This manager's own, five minutes long and for one node's agent only; where an agent
 * refuses that and an exchange is configured, the agent's own token, kept until it expires. A kept one goes first:
 * an agent that needed it before will need it again, and one that has learnt our key refuses it and gets ours.
 */
export class AgentCredentials {
  readonly #own: AgentTokens;
  readonly #exchanged: ExchangedTokens | undefined;

  constructor(own: AgentTokens, exchanged: ExchangedTokens | undefined) {
    this.#own = own;
    this.#exchanged = exchanged;
  }

  /** The last answer, which is a refusal only when no token was left to try. Each kind of token is tried once. */
  async call<Answer extends Answered>(
    agent: AgentEndpoint,
    { send, exchange }: AuthorizedCall<Answer>,
  ): Promise<Answer> {
    const kept = await this.#exchanged?.known(agent);
    if (kept !== undefined) {
      const answer = await this.#sendExchanged(agent, kept, send);
      if (!isRefusal(answer) || exchange === undefined) return answer;
    }
    const answer = await send(await this.#own.tokenFor(agent.nodeName));
    if (answer.status !== 401) return answer;
    this.#own.forget(agent.nodeName);
    if (exchange === undefined || this.#exchanged === undefined) return answer;
    return this.#sendExchanged(agent, await this.#exchanged.obtain(agent, exchange), send);
  }

  forget(nodeName: string): void {
    this.#own.forget(nodeName);
    this.#exchanged?.forget(nodeName);
  }

  async #sendExchanged<Answer extends Answered>(
    agent: AgentEndpoint,
    token: string,
    send: (token: string) => Promise<Answer>,
  ): Promise<Answer> {
    const answer = await send(token);
    if (isRefusal(answer)) await this.#exchanged?.refused(agent, token);
    return answer;
  }
}

/** 403: what the agent gave is a scheduler's token, which opens nothing that a manager calls. */
function isRefusal({ status }: Answered): boolean {
  return status === 401 || status === 403;
}
