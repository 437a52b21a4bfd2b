import { DomainError, invalid, messageOf } from '../../../shared/domain/domain-error.js';
import type { Clock } from '../../../shared/lifecycle/clock.js';
import type { Logger } from '../../../shared/observability/logger.js';
import { normalPassword, passwordFaults } from '../../domain/password-rules.js';
import type { Principal } from '../../domain/principal.js';
import { withRevokedTokens } from '../../domain/revoked-tokens.js';
import { USER_STATUS, type User } from '../../domain/user.js';
import type { AuditTrail } from '../../ports/audit-trail.js';
import type { PasswordHasher } from '../../ports/password-hasher.js';
import type { UserStore } from '../../ports/user-store.js';
import type { AuthMetrics } from './auth-metrics.js';
import type { LoginThrottle } from './login-throttle.js';
import type { RefusedSignIns } from './refused-sign-ins.js';
import { actorOf, type Origin, type SessionService, type TokenPair } from './session-service.js';

export interface AuthServiceOptions {
  readonly users: UserStore;
  readonly hasher: PasswordHasher;
  readonly sessions: SessionService;
  readonly throttle: LoginThrottle;
  readonly refused: RefusedSignIns;
  readonly trail: AuditTrail;
  readonly metrics: AuthMetrics;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** One text for an unknown name and a wrong password: neither may be told apart (contract 7.4, 50). */
const WRONG_CREDENTIALS = 'invalid username or password';

/**
 * Refusals leave at the next full step, so that what little the work for one name differs from that for another (an
 * imported hash, a busy machine) does not show.
 */
const REFUSAL_STEP_MS = 100;

/** Signing in with a password, and changing it. */
export class AuthService {
  readonly #options: AuthServiceOptions;

  constructor(options: AuthServiceOptions) {
    this.#options = options;
  }

  /**
   * A session for the right name and password; `unauthenticated` otherwise, after equal work, and `throttled` after
   * too many of those. Only who knows the password learns that the user is inactive.
   */
  async login(username: string, password: string, origin: Origin): Promise<TokenPair> {
    if (username === '' || password === '') {
      throw new DomainError('invalid', 'Username and password are required');
    }
    const user = await this.#checked(username, password, origin);
    if (user.status === USER_STATUS.inactive) {
      this.#options.metrics.login('inactive');
      await this.#tellRefusal(username, origin, 'user is inactive', user.id);
      throw new DomainError('unauthenticated', 'user is inactive');
    }
    const current = await this.#withNewHash(user, password);
    const pair = await this.#options.sessions.begin(current, origin);
    await this.#options.trail.record(actorOf(user.id, user.username, origin), {
      action: 'auth.login',
      outcome: 'done',
      target: { kind: 'user', id: user.id, name: user.username },
    });
    this.#options.metrics.login('done');
    return pair;
  }

  /** Every session and token of the user dies with the old password: the caller signs in again. */
  async changeOwnPassword(principal: Principal, oldPassword: string, newPassword: string): Promise<void> {
    const { clock, hasher, sessions, trail, users } = this.#options;
    const { actor, user } = principal;
    await this.#checkOldPassword(principal, oldPassword);
    const faults = passwordFaults('newPassword', newPassword, user.username);
    if (normalPassword(newPassword) === normalPassword(oldPassword)) {
      faults.push({ field: 'newPassword', reason: 'must not be the old password' });
    }
    if (faults.length > 0) throw invalid(faults);
    const changed: User = {
      ...withRevokedTokens(user, clock.now()),
      passwordHash: await hasher.hash(newPassword),
      status: USER_STATUS.active,
    };
    if (!(await users.replace(changed, user.revision))) {
      throw new DomainError('conflict', 'the user was changed at the same time: try again');
    }
    await sessions.forget(user.id, 'password_change');
    await trail.record(actor, {
      action: 'user.password_change',
      outcome: 'done',
      target: { kind: 'user', id: user.id, name: user.username },
      before: { status: user.status },
      after: { status: changed.status },
    });
  }

  /** The user of this name and password. */
  async #checked(username: string, password: string, origin: Origin): Promise<User> {
    const { clock, hasher, metrics, throttle, users } = this.#options;
    const startedMs = clock.monotonicMs();
    const user = await users.byUsername(username);
    try {
      const isRight = await throttle.guard({ username, address: origin.address }, () =>
        user === undefined ? hasher.verifyNothing(password) : hasher.verify(user.passwordHash, password),
      );
      if (isRight && user !== undefined) return user;
    } catch (error) {
      const code = error instanceof DomainError ? error.code : 'internal';
      metrics.login(code === 'throttled' ? 'throttled' : code === 'unavailable' ? 'busy' : 'failed');
      // Without the name: who is held up may send any number of them.
      if (code === 'throttled') await this.#tellRefusal('', origin, 'too many failed sign-ins');
      throw error;
    }
    metrics.login('refused');
    await this.#tellRefusal(username, origin, 'wrong name or password');
    await this.#untilNextStep(startedMs);
    throw new DomainError('unauthenticated', WRONG_CREDENTIALS);
  }

  /** A stolen token must not be a way to guess the password, so failures count as those of signing in. */
  async #checkOldPassword({ actor, user }: Principal, oldPassword: string): Promise<void> {
    const { hasher, refused, throttle } = this.#options;
    const attempt = { username: user.username, address: actor.address };
    if (await throttle.guard(attempt, () => hasher.verify(user.passwordHash, oldPassword))) return;
    const { username } = user;
    await refused.record({ action: 'user.password_change', actor, username, reason: 'invalid password' });
    throw new DomainError('unauthenticated', 'invalid password');
  }

  /**
   * The user with a hash of today's parameters, now that the password is known. Whoever changed the user at the same
   * time was right to: then the old hash stays until the next sign-in.
   */
  async #withNewHash(user: User, password: string): Promise<User> {
    const { clock, hasher, logger, users } = this.#options;
    if (!hasher.isOutdated(user.passwordHash)) return user;
    try {
      const passwordHash = await hasher.hash(password);
      const changed = { ...user, passwordHash, updatedTime: clock.now(), revision: user.revision + 1 };
      return (await users.replace(changed, user.revision)) ? changed : user;
    } catch (error) {
      logger.warn(
        { userId: user.id, reason: messageOf(error) },
        'an outdated password hash was not replaced',
      );
      return user;
    }
  }

  #tellRefusal(username: string, origin: Origin, reason: string, userId = ''): Promise<void> {
    const actor = actorOf(userId, username, origin);
    return this.#options.refused.record({ action: 'auth.login', actor, username, reason });
  }

  async #untilNextStep(startedMs: number): Promise<void> {
    const { clock } = this.#options;
    const elapsedMs = clock.monotonicMs() - startedMs;
    const steps = Math.max(1, Math.ceil(elapsedMs / REFUSAL_STEP_MS));
    await clock.sleep(steps * REFUSAL_STEP_MS - elapsedMs);
  }
}
