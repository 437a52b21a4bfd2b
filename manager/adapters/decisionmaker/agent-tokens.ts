import type { IssuedToken, TokenIssuer } from '../../../shared/auth/token-issuer.js';
import { agentAudience } from '../../../shared/contract/decision-maker-api.js';
import type { Clock } from '../../../shared/lifecycle/clock.js';

/** DESIGN 9: five minutes; made anew at half of it, so that a token never ends on the way. */
export const AGENT_TOKEN_LIFETIME_SEC = 300;
const RENEW_AFTER_MS = (AGENT_TOKEN_LIFETIME_SEC * 1_000) / 2;

/** One bearer token for each node, for that node's agent only. */
export class AgentTokens {
  readonly #issuer: TokenIssuer;
  readonly #clock: Clock;
  readonly #byNode = new Map<string, { readonly token: Promise<IssuedToken>; readonly madeAtMs: number }>();

  constructor(issuer: TokenIssuer, clock: Clock) {
    this.#issuer = issuer;
    this.#clock = clock;
  }

  async tokenFor(nodeName: string): Promise<string> {
    const now = this.#clock.now();
    const known = this.#byNode.get(nodeName);
    if (known !== undefined && now - known.madeAtMs < RENEW_AFTER_MS) return (await known.token).token;
    const token = this.#issuer.issue({
      subject: 'manager',
      audience: agentAudience(nodeName),
      lifetimeSec: AGENT_TOKEN_LIFETIME_SEC,
    });
    this.#byNode.set(nodeName, { token, madeAtMs: now });
    return (await token).token;
  }

  /** After a 401, or when the node is gone. */
  forget(nodeName: string): void {
    this.#byNode.delete(nodeName);
  }
}
