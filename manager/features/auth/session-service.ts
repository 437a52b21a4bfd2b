import { DomainError } from '../../../shared/domain/domain-error.js';
import type { Clock } from '../../../shared/lifecycle/clock.js';
import type { AuditActor } from '../../domain/audit-entry.js';
import type { Principal } from '../../domain/principal.js';
import { withRevokedTokens } from '../../domain/revoked-tokens.js';
import type { Session } from '../../domain/session.js';
import {
  expiryOf,
  isOver,
  judgeRefresh,
  revoked,
  type SessionLifetimes,
  sessionsToEnd,
} from '../../domain/session-rules.js';
import { USER_STATUS, type User } from '../../domain/user.js';
import type { AuditTrail } from '../../ports/audit-trail.js';
import type { IdSource } from '../../ports/id-source.js';
import type { SessionStore } from '../../ports/session-store.js';
import type { UserStore } from '../../ports/user-store.js';
import type { AuthMetrics } from './auth-metrics.js';
import { hashOfToken, type RefreshToken, type UserTokens } from './user-tokens.js';

export interface SessionSettings {
  readonly lifetimes: SessionLifetimes;
  readonly graceMs: number;
  readonly sessionsPerUser: number;
}

export interface SessionServiceOptions {
  readonly users: UserStore;
  readonly sessions: SessionStore;
  readonly tokens: UserTokens;
  readonly trail: AuditTrail;
  readonly metrics: AuthMetrics;
  readonly ids: IdSource;
  readonly clock: Clock;
  readonly settings: SessionSettings;
}

/** Where a request comes from. */
export interface Origin {
  readonly address: string | undefined;
  readonly requestId: string;
  /** What the client calls itself. */
  readonly client: string;
}

export interface TokenPair {
  readonly accessToken: string;
  readonly refreshToken: string;
  /** Of the access token; Unix seconds. */
  readonly expiresAtSec: number;
}

/** Others may change the same session or user at the same time; this often in a row is something else. */
const MOST_TRIES = 10;
const LONGEST_CLIENT = 256;

/** Sessions: a chain of refresh tokens for each sign-in (docs/adr/0017). Texts of refusals as contract 1.4. */
export class SessionService {
  readonly #options: SessionServiceOptions;

  constructor(options: SessionServiceOptions) {
    this.#options = options;
  }

  /** A new session; the user's oldest ones end where there would be too many. */
  async begin(user: User, origin: Origin): Promise<TokenPair> {
    const { clock, ids, sessions, settings, tokens } = this.#options;
    const nowMs = clock.now();
    await this.#makeRoom(user.id, nowMs);
    const unsigned = {
      id: ids.newId(),
      userId: user.id,
      previousTokenHash: '',
      tokenVersion: user.tokenVersion,
      address: origin.address ?? '',
      client: origin.client.slice(0, LONGEST_CLIENT),
      createdTime: nowMs,
      rotatedTime: nowMs,
      expiresTime: expiryOf(nowMs, nowMs, settings.lifetimes),
      revokedTime: 0,
      revision: 1,
    };
    const refreshToken = await tokens.refresh(user, unsigned);
    await sessions.insert({ ...unsigned, tokenHash: hashOfToken(refreshToken) });
    return this.#pair(user, refreshToken);
  }

  /**
   * The next pair for a refresh token, which is replaced by it. One that was replaced a moment ago gets the same
   * next one; one that was replaced before ends its session, because two have it.
   */
  async refresh(token: string, origin: Origin): Promise<TokenPair> {
    let next: TokenPair | 'reused';
    try {
      next = await this.#next(token, origin);
    } catch (error) {
      if (error instanceof DomainError && error.code === 'unauthenticated') {
        this.#options.metrics.refresh('refused');
      }
      throw error;
    }
    if (next === 'reused') throw unauthenticated(NOT_FOUND);
    return next;
  }

  async #next(token: string, origin: Origin): Promise<TokenPair | 'reused'> {
    const { clock, settings, tokens } = this.#options;
    const presented = await tokens.readRefresh(token);
    const user = await this.#userOf(presented);
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      const session = await this.#sessionOf(presented);
      const verdict = judgeRefresh(session, presented.hash, clock.now(), settings.graceMs);
      if (verdict === 'over') throw unauthenticated('refresh token revoked');
      if (verdict === 'repeated') return this.#repeat(user, session);
      const done =
        verdict === 'reused'
          ? await this.#endReused(user, session, origin)
          : await this.#rotate(user, session, presented.hash);
      if (done !== undefined) return done;
    }
    throw tooManyChanges();
  }

  /** Ends the session of a refresh token, also of one that was replaced. Ending it again is no fault. */
  async end(token: string, origin: Origin): Promise<void> {
    const { clock, metrics, sessions, trail, users } = this.#options;
    const presented = await this.#options.tokens.readRefresh(token);
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      const session = await this.#sessionOf(presented);
      if (isOver(session, clock.now())) return;
      if (!(await sessions.replace(revoked(session, clock.now()), session.revision))) continue;
      metrics.sessionsEnded('logout');
      const user = await users.get(session.userId);
      await trail.record(actorOf(session.userId, user?.username ?? '', origin), {
        action: 'auth.logout',
        outcome: 'done',
        target: { kind: 'session', id: session.id, name: user?.username ?? '' },
      });
      return;
    }
    throw tooManyChanges();
  }

  /** Ends every session and every token of the caller. */
  async endAll({ user: { id, username }, actor }: Principal): Promise<void> {
    const { clock, trail, users } = this.#options;
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      const user = await users.get(id);
      if (user === undefined) throw unauthenticated('user not found');
      if (!(await users.replace(withRevokedTokens(user, clock.now()), user.revision))) continue;
      const sessions = await this.forget(id, 'logout_all');
      await trail.record(actor, {
        action: 'auth.logout_all',
        outcome: 'done',
        target: { kind: 'user', id, name: username },
        after: { sessions },
      });
      return;
    }
    throw tooManyChanges();
  }

  /** Removes what is left of a user's sessions once their tokens are dead; how many there were. */
  async forget(userId: string, reason: 'logout_all' | 'password_change'): Promise<number> {
    const count = await this.#options.sessions.deleteOfUser(userId);
    this.#options.metrics.sessionsEnded(reason, count);
    return count;
  }

  /** Removes expired sessions. */
  async sweep(): Promise<void> {
    const { clock, metrics, sessions } = this.#options;
    metrics.sessionsEnded('expired', await sessions.deleteExpired(clock.now()));
  }

  async #makeRoom(userId: string, nowMs: number): Promise<void> {
    const { metrics, sessions, settings } = this.#options;
    const all = await sessions.ofUser(userId);
    for (const session of sessionsToEnd(all, settings.sessionsPerUser, nowMs)) {
      // Expired at once, so that the sweep takes it: a user who signs in again and again leaves no heap behind.
      const ended = { ...revoked(session, nowMs), expiresTime: nowMs };
      if (await sessions.replace(ended, session.revision)) metrics.sessionsEnded('limit');
    }
    if (all.length > 2 * settings.sessionsPerUser) await this.sweep();
  }

  async #userOf({ userId, tokenVersion }: RefreshToken): Promise<User> {
    const user = await this.#options.users.get(userId);
    if (user === undefined) throw unauthenticated('user not found');
    if (user.status === USER_STATUS.inactive || user.tokenVersion !== tokenVersion) {
      throw unauthenticated('refresh token revoked');
    }
    return user;
  }

  async #sessionOf({ sessionId, userId }: RefreshToken): Promise<Session> {
    const session = await this.#options.sessions.get(sessionId);
    if (session?.userId !== userId) throw unauthenticated(NOT_FOUND);
    return session;
  }

  /** Undefined when another request was faster. */
  async #rotate(user: User, session: Session, presentedHash: string): Promise<TokenPair | undefined> {
    const { clock, metrics, sessions, settings, tokens } = this.#options;
    const nowMs = clock.now();
    const next = {
      ...session,
      rotatedTime: nowMs,
      expiresTime: expiryOf(session.createdTime, nowMs, settings.lifetimes),
      previousTokenHash: presentedHash,
      revision: session.revision + 1,
    };
    const refreshToken = await tokens.refresh(user, next);
    const stored = { ...next, tokenHash: hashOfToken(refreshToken) };
    if (!(await sessions.replace(stored, session.revision))) return undefined;
    metrics.refresh('done');
    return this.#pair(user, refreshToken);
  }

  /** The token that the session has now, made again: whoever asks gets the one link that follows, never a second one. */
  async #repeat(user: User, session: Session): Promise<TokenPair> {
    const refreshToken = await this.#options.tokens.refresh(user, session);
    // Made with another key since: the newest token is out there, but cannot be told again.
    if (hashOfToken(refreshToken) !== session.tokenHash) throw unauthenticated(NOT_FOUND);
    this.#options.metrics.refresh('repeated');
    return this.#pair(user, refreshToken);
  }

  /** Undefined when the session was changed meanwhile. */
  async #endReused(user: User, session: Session, origin: Origin): Promise<'reused' | undefined> {
    const { clock, metrics, sessions, trail } = this.#options;
    if (!(await sessions.replace(revoked(session, clock.now()), session.revision))) return undefined;
    metrics.refresh('reused');
    metrics.sessionsEnded('reuse');
    await trail.record(actorOf(user.id, user.username, origin), {
      action: 'auth.refresh_reuse',
      outcome: 'refused',
      target: { kind: 'session', id: session.id, name: user.username },
      before: { address: session.address, client: session.client },
      reason: 'a refresh token that was replaced before was presented: the session was ended',
    });
    return 'reused';
  }

  async #pair(user: User, refreshToken: string): Promise<TokenPair> {
    const { token, expiresAtSec } = await this.#options.tokens.access(user);
    return { accessToken: token, refreshToken, expiresAtSec };
  }
}

const NOT_FOUND = 'refresh token not found';

export function actorOf(userId: string, username: string, { address, requestId }: Origin): AuditActor {
  return { userId, username, address: address ?? '', requestId };
}

function unauthenticated(message: string): DomainError {
  return new DomainError('unauthenticated', message);
}

function tooManyChanges(): DomainError {
  return new DomainError('unavailable', 'the session is being changed by others: try again');
}
