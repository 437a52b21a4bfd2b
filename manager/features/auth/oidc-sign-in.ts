import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { DomainError, invalid } from '../../../shared/domain/domain-error.js';
import type { Clock } from '../../../shared/lifecycle/clock.js';
import { type ReturnAddress, returnAddress, withParameters } from '../../domain/return-address.js';
import { USER_STATUS } from '../../domain/user.js';
import type { AuditTrail } from '../../ports/audit-trail.js';
import type { IdentityProvider, SignInChallenge } from '../../ports/identity-provider.js';
import type { UserStore } from '../../ports/user-store.js';
import type { ExternalUsers } from './external-users.js';
import { OneTimeCodes } from './one-time-codes.js';
import type { RefusedSignIns } from './refused-sign-ins.js';
import { SealedText } from './sealed-text.js';
import { actorOf, type Origin, type SessionService, type TokenPair } from './session-service.js';

export interface OidcSignInOptions {
  readonly provider: IdentityProvider;
  readonly externalUsers: ExternalUsers;
  readonly users: UserStore;
  readonly sessions: SessionService;
  readonly refused: RefusedSignIns;
  readonly trail: AuditTrail;
  readonly clock: Clock;
}

/** What a browser is sent away with. */
export interface Departure {
  readonly location: string;
  /** For this browser alone to bring back; empty = none. */
  readonly cookie: string;
  readonly cookieMaxAgeSec: number;
}

/** A sign-in that a browser has begun: kept by the browser, sealed, so that beginning many costs us no memory. */
interface Begun extends SignInChallenge {
  readonly returnTo: ReturnAddress;
  /** S256 of the verifier of whoever asks for the tokens; empty = the browser itself, by its cookie. */
  readonly challenge: string;
  readonly untilMs: number;
}

/** Somebody who may have tokens, once. */
interface Arrived {
  readonly userId: string;
  readonly tokenVersion: number;
  readonly issuer: string;
  readonly challenge: string;
  /** What the browser's cookie holds; empty where there is a challenge. */
  readonly browser: string;
}

const SIGN_IN_MS = 10 * 60 * 1_000;
const CODE_COOKIE_SEC = 60;
/** States of sign-ins that have come back, so that none does twice; each needs a question to the issuer. */
const MOST_FINISHED = 10_000;
const S256 = /^[\w-]{43}$/;

/** Signing in through an OpenID Connect issuer: to the issuer, back, and a one-time code for the tokens. */
export class OidcSignIn {
  readonly #options: OidcSignInOptions;
  readonly #begun = new SealedText<Begun>('sign-in');
  readonly #arrived: OneTimeCodes<Arrived>;
  readonly #finished = new Set<string>();

  constructor(options: OidcSignInOptions) {
    this.#options = options;
    this.#arrived = new OneTimeCodes(options.clock);
  }

  /** Sends a browser to the issuer. `unavailable` while that cannot be asked. */
  async begin(returnText: string, challenge: string): Promise<Departure> {
    const returnTo = checkedReturn(returnText, challenge);
    const { clock, provider } = this.#options;
    const secrets = { state: secret(), nonce: secret(), codeVerifier: secret() };
    const location = await provider.authorizationUrl(secrets);
    const begun = { ...secrets, returnTo, challenge, untilMs: clock.now() + SIGN_IN_MS };
    return { location, cookie: this.#begun.seal(begun), cookieMaxAgeSec: SIGN_IN_MS / 1_000 };
  }

  /**
   * Takes a browser that comes back from the issuer on to where it wanted to go, with a code or with an error. Rejects
   * when it is not the browser that left: then nobody knows where it should go.
   */
  async finish(answer: Readonly<Record<string, string>>, cookie: string, origin: Origin): Promise<Departure> {
    const begun = this.#begun.open(cookie);
    if (begun === undefined || begun.untilMs <= this.#options.clock.now()) throw unknownBrowser();
    if (!isSame(answer.state ?? '', begun.state)) throw unknownBrowser();
    this.#once(begun.state);
    try {
      const identity = await this.#options.provider.redeem(answer, begun);
      const user = await this.#options.externalUsers.signIn(identity, origin);
      const browser = begun.challenge === '' ? secret() : '';
      const { issuer } = identity;
      const { challenge, returnTo } = begun;
      const code = this.#arrived.keep({
        userId: user.id,
        tokenVersion: user.tokenVersion,
        issuer,
        challenge,
        browser,
      });
      return {
        location: withParameters(returnTo, { code }),
        cookie: browser,
        cookieMaxAgeSec: CODE_COOKIE_SEC,
      };
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      await this.#options.refused.record({
        action: 'auth.login',
        actor: actorOf('', '', origin),
        username: '',
        reason: `at the identity provider: ${error.message}`,
      });
      const location = withParameters(begun.returnTo, {
        error: error.code,
        error_description: error.message,
        request_id: origin.requestId,
      });
      return { location, cookie: '', cookieMaxAgeSec: 0 };
    }
  }

  /** The tokens of a sign-in, for its code, to the browser or the program that began it. */
  async redeem(code: string, verifier: string, cookie: string, origin: Origin): Promise<TokenPair> {
    const arrived = this.#arrived.take(code);
    if (arrived === undefined || !isBegunBy(arrived, verifier, cookie)) {
      throw new DomainError('unauthenticated', 'invalid or expired code: sign in again');
    }
    const { users, sessions, trail } = this.#options;
    const user = await users.get(arrived.userId);
    if (user?.status !== USER_STATUS.active || user.tokenVersion !== arrived.tokenVersion) {
      throw new DomainError('unauthenticated', 'the user has changed since: sign in again');
    }
    const session = await sessions.begin(user, origin);
    await trail.record(actorOf(user.id, user.username, origin), {
      action: 'auth.login',
      outcome: 'done',
      target: { kind: 'user', id: user.id, name: user.username },
      after: { via: 'oidc', issuer: arrived.issuer },
    });
    return session;
  }

  #once(state: string): void {
    if (this.#finished.has(state)) throw unknownBrowser();
    this.#finished.add(state);
    const [oldest] = this.#finished;
    if (this.#finished.size > MOST_FINISHED && oldest !== undefined) this.#finished.delete(oldest);
  }
}

function checkedReturn(text: string, challenge: string): ReturnAddress {
  const address = returnAddress(text);
  const faults = [];
  if (address === undefined) {
    const reason =
      'must be a path of this server such as /ui, or http://127.0.0.1:PORT of a program that waits there';
    faults.push({ field: 'return', reason });
  }
  if (challenge !== '' && !S256.test(challenge)) {
    faults.push({
      field: 'challenge',
      reason: 'must be the SHA-256 of the verifier in base64url, 43 characters',
    });
  } else if (challenge === '' && address?.kind === 'loopback') {
    // Any program of the machine may listen there, and see the code.
    faults.push({
      field: 'challenge',
      reason: 'must be given for a program that waits at http://127.0.0.1:PORT',
    });
  }
  if (address === undefined || faults.length > 0) throw invalid(faults);
  return address;
}

function isBegunBy({ browser, challenge }: Arrived, verifier: string, cookie: string): boolean {
  if (challenge === '') return isSame(cookie, browser);
  return isSame(createHash('sha256').update(verifier).digest('base64url'), challenge);
}

function isSame(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function unknownBrowser(): DomainError {
  return new DomainError(
    'unauthenticated',
    'this browser did not begin the sign-in, finished it before, or took longer than 10 minutes: begin again',
  );
}

/** 256 bits: a state, a nonce, and a verifier of PKCE, which has 43 characters at least. */
function secret(): string {
  return randomBytes(32).toString('base64url');
}
