import { messageOf } from '../../shared/domain/domain-error.js';
import type { KubeClient } from '../client/kube-client.js';
import { isHealthy } from '../client/manager-client.js';
import { AgentRegistration } from './agent-registration.js';
import { waitUntil } from './wait-until.js';

const LIMIT_MS = 60_000;

/** A decision maker that we run: shown in the cluster as ready exactly while it answers. */
export class NodeAgent {
  readonly #nodeName: string;
  readonly #port: number;
  readonly #origin: string;
  #registration: AgentRegistration | undefined;

  constructor(nodeName: string, port: number) {
    this.#nodeName = nodeName;
    this.#port = port;
    this.#origin = loopbackOrigin(port);
  }

  /** Waits for the node and for the agent, then shows it. */
  async announce(client: KubeClient, signal: AbortSignal): Promise<void> {
    const registration = new AgentRegistration(client, { nodeName: this.#nodeName, port: this.#port });
    const register = async () => {
      await registration.register(signal);
      return true;
    };
    await waitUntil(register, { what: `the node ${this.#nodeName}`, limitMs: LIMIT_MS, signal });
    this.#registration = registration;
    await this.#showWhenReady(registration, signal);
  }

  /** Shows that the agent is gone until it answers again; tells what keeps it from that. */
  async announceAgain(signal: AbortSignal, say: (text: string) => void): Promise<void> {
    try {
      await this.#registration?.setReady(false, signal);
      if (this.#registration !== undefined) await this.#showWhenReady(this.#registration, signal);
    } catch (error) {
      if (!signal.aborted)
        say(`the agent of ${this.#nodeName} could not be announced again: ${messageOf(error)}`);
    }
  }

  /** Takes the agent's pod away, for a cluster that outlives us. */
  async withdraw(signal: AbortSignal): Promise<void> {
    await this.#registration?.unregister(signal);
  }

  async #showWhenReady(registration: AgentRegistration, signal: AbortSignal): Promise<void> {
    const answers = async () => ((await isHealthy(this.#origin, signal)) ? true : undefined);
    const what = `the decision maker of ${this.#nodeName}`;
    await waitUntil(answers, { what, limitMs: LIMIT_MS, signal });
    await registration.setReady(true, signal);
  }
}

export function loopbackOrigin(port: number): string {
  return `http://127.0.0.1:${port}`;
}
