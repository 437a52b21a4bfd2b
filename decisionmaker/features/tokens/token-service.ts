import type { KeyObject } from 'node:crypto';
import { publicHalf, publicKeyFromPem, samePublicKey } from '../../../shared/auth/keys.js';
import { type IssuedToken, TokenIssuer } from '../../../shared/auth/token-issuer.js';
import { verifyToken } from '../../../shared/auth/token-verifier.js';
import { DomainError } from '../../../shared/domain/domain-error.js';
import type { Clock } from '../../../shared/lifecycle/clock.js';
import type { VerifiedCaller } from '../../domain/principal.js';
import type { AgentKey } from '../../ports/agent-key.js';

/** The issuer of the tokens for schedulers, in the public program's words (contract 2.2). */
export const SCHEDULER_TOKEN_ISSUER = 'decision-maker-service';

/** Gives a scheduler its token, and knows it again. Nothing is kept: a token outlives a restart of the agent. */
export class TokenService {
  readonly #agentKey: AgentKey;
  readonly #lifetimeSec: number;
  readonly #clock: Clock;

  constructor(agentKey: AgentKey, lifetimeSec: number, clock: Clock) {
    this.#agentKey = agentKey;
    this.#lifetimeSec = lifetimeSec;
    this.#clock = clock;
  }

  /**
   * Exchanges the agent's own public key for a token. Rejects with `unauthenticated` for any other key: the public
   * API asks for no more proof, so the route is open to callers on this machine only.
   */
  async exchange(publicKeyPem: string, clientId: string): Promise<IssuedToken> {
    const key = this.#agentKey.privateKey();
    if (!isPublicHalfOf(publicKeyPem, key)) {
      throw new DomainError('unauthenticated', 'Public key verification failed ');
    }
    const issuer = new TokenIssuer(key, SCHEDULER_TOKEN_ISSUER, () => this.#clock.now());
    return issuer.issue({
      subject: clientId,
      lifetimeSec: this.#lifetimeSec,
      claims: { client_id: clientId },
    });
  }

  async verify(token: string): Promise<VerifiedCaller> {
    const { sub, exp } = await verifyToken(token, {
      keyFor: () => publicHalf(this.#agentKey.privateKey()),
      issuer: SCHEDULER_TOKEN_ISSUER,
      now: () => this.#clock.now(),
    });
    return { principal: { kind: 'scheduler', subject: sub ?? '' }, expiresAtMs: (exp ?? 0) * 1_000 };
  }
}

function isPublicHalfOf(pem: string, privateKey: KeyObject): boolean {
  try {
    return samePublicKey(publicKeyFromPem(pem.trim(), 'public_key'), privateKey);
  } catch {
    return false;
  }
}
