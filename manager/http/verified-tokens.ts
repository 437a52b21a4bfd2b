import type { KeyObject } from 'node:crypto';
import { verifyToken } from '../../shared/auth/token-verifier.js';
import type { Clock } from '../../shared/lifecycle/clock.js';
import { USER_AUDIENCE, type UserClaims, userClaimsOf } from '../domain/user-token.js';

export interface VerifiedTokensOptions {
  /** The key for a token's `kid`. */
  readonly keyFor: (kid: string | undefined) => KeyObject | undefined;
  readonly issuer: string;
  readonly clock: Clock;
  readonly mostTokens?: number;
}

interface Verified {
  readonly claims: UserClaims;
  readonly kid: string | undefined;
  readonly key: KeyObject;
  /** Unix seconds, as the token says. */
  readonly notBeforeSec: number;
  readonly expiresAtSec: number;
}

/** Of some hundred bytes each; of more the one that was verified first is verified again. */
const MOST_TOKENS = 4_096;

/**
 * Verifies users' tokens and remembers those that were good: a client sends the same one with every request, and a
 * signature costs more than the rest of a small answer. A remembered one counts until it expires, and only while its
 * key is the one trusted for its `kid`. Whether its user still may is not for this to say.
 */
export class VerifiedTokens {
  readonly #options: VerifiedTokensOptions;
  readonly #known = new Map<string, Verified>();

  constructor(options: VerifiedTokensOptions) {
    this.#options = options;
  }

  /**
   * The claims of a good token, undefined where it is not a user's. Rejects with `unauthenticated`, and with the
   * reason in words for an operator.
   */
  async verify(token: string): Promise<UserClaims | undefined> {
    const known = this.#known.get(token);
    if (known !== undefined) {
      if (this.#isGood(known)) return known.claims;
      this.#known.delete(token);
    }
    const { clock, issuer, keyFor } = this.#options;
    let used: { readonly kid: string | undefined; readonly key: KeyObject } | undefined;
    const payload = await verifyToken(token, {
      keyFor: (kid) => {
        const key = keyFor(kid);
        used = key === undefined ? undefined : { kid, key };
        return key;
      },
      issuer,
      audience: USER_AUDIENCE,
      now: () => clock.now(),
    });
    const claims = userClaimsOf(payload);
    if (claims !== undefined && used !== undefined) {
      this.#remember(token, {
        ...used,
        claims,
        notBeforeSec: payload.nbf ?? 0,
        expiresAtSec: payload.exp ?? 0,
      });
    }
    return claims;
  }

  #isGood({ kid, key, notBeforeSec, expiresAtSec }: Verified): boolean {
    const nowSec = this.#options.clock.now() / 1_000;
    return nowSec >= notBeforeSec && nowSec < expiresAtSec && this.#options.keyFor(kid) === key;
  }

  #remember(token: string, verified: Verified): void {
    const { mostTokens = MOST_TOKENS } = this.#options;
    this.#known.set(token, verified);
    for (const oldest of this.#known.keys()) {
      if (this.#known.size <= mostTokens) return;
      this.#known.delete(oldest);
    }
  }
}
