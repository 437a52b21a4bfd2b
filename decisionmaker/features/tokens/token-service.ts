import type { KeyObject } from 'node:crypto';
import { publicHalf, publicKeyFromPem, samePublicKey } from '../../../shared/auth/keys.js';
import { type IssuedToken, TokenIssuer } from '../../../shared/auth/token-issuer.js';
import { verifyToken } from '../../../shared/auth/token-verifier.js';
import { DomainError } from '../../../shared/domain/domain-error.js';
import type { Clock } from '../../../shared/lifecycle/clock.js';
import type { Principal, VerifiedCaller } from '../../domain/principal.js';
import type { AgentKey } from '../../ports/agent-key.js';

/** The issuer of the tokens that this agent gives, in the public program's words (contract 2.2). */
export const SCHEDULER_TOKEN_ISSUER = 'decision-maker-service';

/** Claim of ours that tells a first-generation manager's token from a scheduler's; only this agent signs it. */
const ROLE_CLAIM = 'role';
const MANAGER_ROLE = 'manager';

export interface TokenServiceOptions {
  readonly agentKey: AgentKey;
  readonly lifetimeSec: number;
  /** Whether tokens may carry a manager's rights (DESIGN 9, "Credentials"). */
  readonly legacyManagers: boolean;
  readonly clock: Clock;
}

/**
 * Gives a scheduler, or a first-generation manager, its token and knows it again. Nothing is kept: a token outlives
 * a restart of the agent.
 */
export class TokenService {
  readonly #options: TokenServiceOptions;

  constructor(options: TokenServiceOptions) {
    this.#options = options;
  }

  /**
   * Exchanges the agent's own public key for a token. Rejects with `unauthenticated` for any other key: the public
   * API asks for no more proof, so whoever may ask, and for what rights, is decided by where the caller is.
   */
  async exchange(publicKeyPem: string, clientId: string, kind: Principal['kind']): Promise<IssuedToken> {
    const { agentKey, lifetimeSec, clock } = this.#options;
    const key = agentKey.privateKey();
    if (!isPublicHalfOf(publicKeyPem, key)) {
      throw new DomainError('unauthenticated', 'Public key verification failed ');
    }
    const issuer = new TokenIssuer(key, SCHEDULER_TOKEN_ISSUER, () => clock.now());
    const role = kind === 'manager' ? { [ROLE_CLAIM]: MANAGER_ROLE } : {};
    return issuer.issue({ subject: clientId, lifetimeSec, claims: { client_id: clientId, ...role } });
  }

  async verify(token: string): Promise<VerifiedCaller> {
    const { agentKey, legacyManagers, clock } = this.#options;
    const claims = await verifyToken(token, {
      keyFor: () => publicHalf(agentKey.privateKey()),
      issuer: SCHEDULER_TOKEN_ISSUER,
      now: () => clock.now(),
    });
    const isManager = claims[ROLE_CLAIM] === MANAGER_ROLE;
    if (isManager && !legacyManagers) {
      throw new DomainError(
        'unauthenticated',
        'invalid or expired token: it is a first-generation manager’s, and auth.legacy_manager is off',
      );
    }
    const principal = { kind: isManager ? 'manager' : 'scheduler', subject: claims.sub ?? '' } as const;
    return { principal, expiresAtMs: (claims.exp ?? 0) * 1_000 };
  }
}

function isPublicHalfOf(pem: string, privateKey: KeyObject): boolean {
  try {
    return samePublicKey(publicKeyFromPem(pem.trim(), 'public_key'), privateKey);
  } catch {
    return false;
  }
}
