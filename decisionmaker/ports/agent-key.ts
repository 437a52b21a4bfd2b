import type { KeyObject } from 'node:crypto';

/** The agent's own RSA key, the same after every restart. */
export interface AgentKey {
  /** The private key. Available once the agent has started. */
  privateKey(): KeyObject;
}
