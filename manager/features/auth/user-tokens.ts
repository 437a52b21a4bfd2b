import type { KeyObject } from 'node:crypto';
import type { IssuedToken, TokenIssuer } from '../../../shared/auth/token-issuer.js';
import { verifyToken } from '../../../shared/auth/token-verifier.js';
import { DomainError } from '../../../shared/domain/domain-error.js';
import { sha256Hex } from '../../../shared/domain/merkle.js';
import type { Clock } from '../../../shared/lifecycle/clock.js';
import type { Session } from '../../domain/session.js';
import { USER_STATUS, type User } from '../../domain/user.js';
import { USER_AUDIENCE, userClaimsOf } from '../../domain/user-token.js';

export interface UserTokenOptions {
  readonly issuer: TokenIssuer;
  /** The claim `iss`. */
  readonly issuerName: string;
  /** The key for a token's `kid`. */
  readonly keyFor: (kid: string | undefined) => KeyObject | undefined;
  readonly clock: Clock;
  readonly accessLifetimeSec: number;
}

/** A refresh token that we made, whatever has become of its session. */
export interface RefreshToken {
  readonly userId: string;
  readonly sessionId: string;
  readonly tokenVersion: number;
  /** SHA-256 in lower-case hex: what sessions keep. */
  readonly hash: string;
}

/** Makes the two tokens of a user, and reads one of them. Texts of refusals as contract 1.4. */
export class UserTokens {
  readonly #options: UserTokenOptions;

  constructor(options: UserTokenOptions) {
    this.#options = options;
  }

  access(user: User): Promise<IssuedToken> {
    return this.#options.issuer.issue({
      subject: user.id,
      audience: USER_AUDIENCE,
      lifetimeSec: this.#options.accessLifetimeSec,
      id: '',
      claims: claimsOf(user, 'access'),
    });
  }

  /**
   * The newest token of a session. Everything in it follows from the session and RS256 takes no randomness, so the
   * token of a session can be made again although only its hash is kept.
   */
  async refresh(
    user: User,
    session: Pick<Session, 'id' | 'revision' | 'rotatedTime' | 'expiresTime'>,
  ): Promise<string> {
    const issuedAtSec = Math.floor(session.rotatedTime / 1_000);
    const { token } = await this.#options.issuer.issue({
      subject: user.id,
      audience: USER_AUDIENCE,
      issuedAtSec,
      lifetimeSec: Math.floor(session.expiresTime / 1_000) - issuedAtSec,
      id: `${session.id}.${session.revision}`,
      claims: claimsOf(user, 'refresh'),
    });
    return token;
  }

  /** `unauthenticated` for anything but a refresh token of ours that has not expired. */
  async readRefresh(token: string): Promise<RefreshToken> {
    const payload = await this.#verify(token);
    const claims = userClaimsOf(payload);
    if (claims?.tokenType !== 'refresh' || typeof payload.jti !== 'string') {
      throw new DomainError('unauthenticated', 'invalid refresh token');
    }
    return {
      userId: claims.uid,
      sessionId: payload.jti.split('.', 1)[0] ?? '',
      tokenVersion: claims.tokenVersion,
      hash: hashOfToken(token),
    };
  }

  async #verify(token: string) {
    const { clock, issuerName, keyFor } = this.#options;
    try {
      return await verifyToken(token, {
        keyFor,
        issuer: issuerName,
        audience: USER_AUDIENCE,
        now: () => clock.now(),
      });
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      throw new DomainError('unauthenticated', 'invalid or expired token', { cause: error });
    }
  }
}

export function hashOfToken(token: string): string {
  return sha256Hex(token);
}

function claimsOf(user: User, tokenType: 'access' | 'refresh') {
  return {
    uid: user.id,
    needChangePassword: user.status === USER_STATUS.mustChangePassword,
    tokenVersion: user.tokenVersion,
    tokenType,
  };
}
