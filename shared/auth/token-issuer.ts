import { type KeyObject, randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';
import { keyId } from './keys.js';

export interface TokenRequest {
  readonly subject: string;
  /** Left out where the reader is a first-generation program that knows no audience. */
  readonly audience?: string;
  readonly lifetimeSec: number;
  /** Unix seconds; now unless given. The same request at the same time makes the same token. */
  readonly issuedAtSec?: number;
  /** The claim `jti`: a random one unless given, none where it is empty. */
  readonly id?: string;
  readonly claims?: Readonly<Record<string, unknown>>;
}

export interface IssuedToken {
  readonly token: string;
  /** Unix seconds. */
  readonly expiresAtSec: number;
}

/** Signs RS256 tokens; the header carries the key's id. */
export class TokenIssuer {
  readonly #keyAt: (timeMs: number) => KeyObject;
  readonly #issuer: string;
  readonly #now: () => number;
  #last: { readonly key: KeyObject; readonly kid: string } | undefined;

  /**
   * @param key The key, or who has the one that signs at a time: a token made again for an earlier one is the same.
   * @param now Unix milliseconds.
   */
  constructor(key: KeyObject | ((timeMs: number) => KeyObject), issuer: string, now: () => number) {
    this.#keyAt = typeof key === 'function' ? key : () => key;
    this.#issuer = issuer;
    this.#now = now;
  }

  async issue(request: TokenRequest): Promise<IssuedToken> {
    const { issuedAtSec = Math.floor(this.#now() / 1_000), id = randomUUID() } = request;
    const { key, kid } = this.#key(issuedAtSec * 1_000);
    const expiresAtSec = issuedAtSec + request.lifetimeSec;
    const jwt = new SignJWT({ ...request.claims })
      .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid })
      .setIssuer(this.#issuer)
      .setSubject(request.subject)
      .setIssuedAt(issuedAtSec)
      .setNotBefore(issuedAtSec)
      .setExpirationTime(expiresAtSec);
    if (id !== '') jwt.setJti(id);
    if (request.audience !== undefined) jwt.setAudience(request.audience);
    return { token: await jwt.sign(key), expiresAtSec };
  }

  #key(timeMs: number): { readonly key: KeyObject; readonly kid: string } {
    const key = this.#keyAt(timeMs);
    if (this.#last?.key !== key) this.#last = { key, kid: keyId(key) };
    return this.#last;
  }
}
