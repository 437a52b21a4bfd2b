import { messageOf } from '../../shared/domain/domain-error.js';
import { isHealthy } from '../client/manager-client.js';
import type { AgentRegistration } from './agent-registration.js';
import { waitUntil } from './wait-until.js';

const LIMIT_MS = 60_000;

/** A decision maker that we run: shown in the cluster as ready exactly while it answers. */
export class NodeAgent {
  readonly origin: string;
  readonly #registration: AgentRegistration;

  constructor(registration: AgentRegistration, origin: string) {
    this.#registration = registration;
    this.origin = origin;
  }

  /** Waits for the node and for the agent, then shows it. */
  async announce(nodeName: string, signal: AbortSignal): Promise<void> {
    await waitUntil(() => this.#registered(signal), {
      what: `the registration of ${nodeName}`,
      limitMs: LIMIT_MS,
      signal,
    });
    await this.#showWhenReady(signal);
  }

  /** Shows that the agent is gone until it answers again; tells what keeps it from that. */
  async announceAgain(signal: AbortSignal, say: (text: string) => void): Promise<void> {
    try {
      await this.#registration.setReady(false, signal);
      await this.#showWhenReady(signal);
    } catch (error) {
      if (!signal.aborted)
        say(`the agent at ${this.origin} could not be announced again: ${messageOf(error)}`);
    }
  }

  /** Takes the agent's pod away, for a cluster that outlives us. */
  withdraw(signal: AbortSignal): Promise<void> {
    return this.#registration.unregister(signal);
  }

  async #showWhenReady(signal: AbortSignal): Promise<void> {
    await waitUntil(async () => ((await isHealthy(this.origin, signal)) ? true : undefined), {
      what: `the decision maker at ${this.origin}`,
      limitMs: LIMIT_MS,
      signal,
    });
    await this.#registration.setReady(true, signal);
  }

  async #registered(signal: AbortSignal): Promise<true> {
    await this.#registration.register(signal);
    return true;
  }
}
