import type { SecureContext } from 'node:tls';
import { Agent, type Dispatcher } from 'undici';

/** How agents are spoken to over TLS. */
export interface AgentTls {
  /** One for all connections: making one for each costs as much as the handshake. */
  readonly secureContext: SecureContext;
  /** The name that the agents' certificates must carry; empty = the address that is dialled. */
  readonly serverName: string;
}

/** Longer than the sweep's interval, so that a quiet agent's connection lasts from one round to the next. */
const KEEP_ALIVE_MS = 45_000;
/** Above a full node's processes; an agent that sends more is not one. */
const LARGEST_ANSWER_BYTES = 32 * 1024 * 1024;

/** The connections to all agents, one kept for each; with mutual TLS once they are told what to use for it. */
export class AgentConnections {
  #dispatcher = dispatcherFor(undefined);
  /** Earlier ones whose last calls are not over. */
  readonly #closing = new Set<Agent>();

  get dispatcher(): Dispatcher {
    return this.#dispatcher;
  }

  /**
   * Calls from now on go over new connections. Those under way end on the old ones, which then close: the sweep
   * would otherwise keep them, and the certificate they were opened with, for ever.
   */
  useTls(tls: AgentTls): void {
    const previous = this.#dispatcher;
    this.#dispatcher = dispatcherFor(tls);
    this.#closing.add(previous);
    void previous
      .close()
      .catch(() => undefined)
      .then(() => this.#closing.delete(previous));
  }

  async close(): Promise<void> {
    await Promise.all([this.#dispatcher, ...this.#closing].map((dispatcher) => dispatcher.destroy()));
  }
}

function dispatcherFor(tls: AgentTls | undefined): Agent {
  return new Agent({
    connections: 1,
    keepAliveTimeout: KEEP_ALIVE_MS,
    maxResponseSize: LARGEST_ANSWER_BYTES,
    ...(tls === undefined ? {} : { connect: connectOptions(tls) }),
  });
}

/** Sessions are not resumed: they are kept by server name, which all agents share, and belong to the old pair. */
function connectOptions({ secureContext, serverName }: AgentTls) {
  return {
    secureContext,
    maxCachedSessions: 0,
    ...(serverName === '' ? {} : { servername: serverName }),
  };
}
