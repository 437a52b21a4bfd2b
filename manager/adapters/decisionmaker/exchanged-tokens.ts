import type { Clock } from '../../../shared/lifecycle/clock.js';
import type { AgentEndpoint } from '../../domain/cluster.js';

/** A token that an agent gave for its own public key. */
export interface ExchangedToken {
  readonly token: string;
  /** Unix seconds, as the agent says; absent or in the past where its clock is not ours. */
  readonly expiresAtSec: number | undefined;
}

/** Tokens are renewed this long before they end, so that none ends on the way. */
const MARGIN_MS = 60_000;
/** Whatever an agent says about the time: not every call may cost it a signature (contract 9.9). */
const SHORTEST_USE_MS = 60_000;

interface Entry {
  /** The agent that gave it: another pod, or the same at another address, has another key as likely as not. */
  readonly agent: AgentEndpoint;
  readonly token: Promise<string>;
  /** Unix milliseconds; undefined while the agent is being asked. */
  usableUntilMs: number | undefined;
}

/** At most one token for each node: asked for once, kept until shortly before it expires or is refused. */
export class ExchangedTokens {
  readonly #clock: Clock;
  readonly #byNode = new Map<string, Entry>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The kept token; undefined when there is none that can be used. */
  async known(agent: AgentEndpoint): Promise<string | undefined> {
    return this.#usable(agent)?.token;
  }

  /** The kept token, or the answer to `exchange`; callers that come together share one. A failure is not kept. */
  async obtain(agent: AgentEndpoint, exchange: () => Promise<ExchangedToken>): Promise<string> {
    const usable = this.#usable(agent);
    if (usable !== undefined) return usable.token;
    const answer = exchange();
    const entry: Entry = { agent, token: answer.then(({ token }) => token), usableUntilMs: undefined };
    // Told to whoever asked, below; nobody else may be waiting.
    entry.token.catch(() => undefined);
    this.#byNode.set(agent.nodeName, entry);
    try {
      const { token, expiresAtSec = 0 } = await answer;
      const earliestMs = this.#clock.now() + SHORTEST_USE_MS;
      entry.usableUntilMs = Math.max(expiresAtSec * 1_000 - MARGIN_MS, earliestMs);
      return token;
    } catch (error) {
      this.#drop(entry);
      throw error;
    }
  }

  /** This token was refused. One that has taken its place meanwhile stays. */
  async refused(agent: AgentEndpoint, token: string): Promise<void> {
    const entry = this.#byNode.get(agent.nodeName);
    if (entry !== undefined && (await entry.token.catch(() => undefined)) === token) this.#drop(entry);
  }

  forget(nodeName: string): void {
    this.#byNode.delete(nodeName);
  }

  #usable(agent: AgentEndpoint): Entry | undefined {
    const entry = this.#byNode.get(agent.nodeName);
    if (entry === undefined) return undefined;
    const isSameAgent = entry.agent.podUid === agent.podUid && entry.agent.origin === agent.origin;
    const isOver = entry.usableUntilMs !== undefined && entry.usableUntilMs <= this.#clock.now();
    if (isSameAgent && !isOver) return entry;
    this.#drop(entry);
    return undefined;
  }

  #drop(entry: Entry): void {
    const { nodeName } = entry.agent;
    if (this.#byNode.get(nodeName) === entry) this.#byNode.delete(nodeName);
  }
}
