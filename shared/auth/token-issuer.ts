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

/** Signs RS256 tokens with one key; the header carries the key's id. */
export class TokenIssuer {
  readonly #key: KeyObject;
  readonly #kid: string;
  readonly #issuer: string;
  readonly #now: () => number;

  /** @param now Unix milliseconds. */
  constructor(key: KeyObject, issuer: string, now: () => number) {
    this.#key = key;
    this.#kid = keyId(key);
    this.#issuer = issuer;
    this.#now = now;
  }

  async issue(request: TokenRequest): Promise<IssuedToken> {
    const { issuedAtSec = Math.floor(this.#now() / 1_000), id = randomUUID() } = request;
    const expiresAtSec = issuedAtSec + request.lifetimeSec;
    const jwt = new SignJWT({ ...request.claims })
      .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid: this.#kid })
      .setIssuer(this.#issuer)
      .setSubject(request.subject)
      .setIssuedAt(issuedAtSec)
      .setNotBefore(issuedAtSec)
      .setExpirationTime(expiresAtSec);
    if (id !== '') jwt.setJti(id);
    if (request.audience !== undefined) jwt.setAudience(request.audience);
    return { token: await jwt.sign(this.#key), expiresAtSec };
  }
}
