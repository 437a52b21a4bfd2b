import type { IssuedToken, TokenIssuer } from '../../../shared/auth/token-issuer.js';
import { DomainError, invalid } from '../../../shared/domain/domain-error.js';
import type { Clock } from '../../../shared/lifecycle/clock.js';
import { passwordFaults } from '../../domain/password-rules.js';
import { USER_STATUS, type User } from '../../domain/user.js';
import { USER_AUDIENCE } from '../../domain/user-token.js';
import type { PasswordHasher } from '../../ports/password-hasher.js';
import type { UserStore } from '../../ports/user-store.js';
import type { IssuedSession } from './session-issuer.js';

export interface AuthSettings {
  readonly accessLifetimeSec: number;
}

/** One text for an unknown name and a wrong password: neither may be told apart (contract 7.4, 50). */
const WRONG_CREDENTIALS = 'invalid username or password';

export class AuthService {
  readonly #users: UserStore;
  readonly #hasher: PasswordHasher;
  readonly #issuer: TokenIssuer;
  readonly #clock: Clock;
  readonly #settings: AuthSettings;

  constructor(
    users: UserStore,
    hasher: PasswordHasher,
    issuer: TokenIssuer,
    clock: Clock,
    settings: AuthSettings,
  ) {
    this.#users = users;
    this.#hasher = hasher;
    this.#issuer = issuer;
    this.#clock = clock;
    this.#settings = settings;
  }

  /** An access token for the right name and password; `unauthenticated` otherwise, after equal work. */
  async login(username: string, password: string): Promise<IssuedToken> {
    if (username === '' || password === '') {
      throw new DomainError('invalid', 'Username and password are required');
    }
    const user = await this.#users.byUsername(username);
    const isRight = await (user === undefined
      ? this.#hasher.verifyNothing(password)
      : this.#hasher.verify(user.passwordHash, password));
    if (user === undefined || !isRight) throw new DomainError('unauthenticated', WRONG_CREDENTIALS);
    if (user.status === USER_STATUS.inactive) throw new DomainError('unauthenticated', 'user is inactive');
    return this.#issueFor(user);
  }

  /** Every token of the user dies with the old password: the caller signs in again. */
  async changeOwnPassword(user: User, oldPassword: string, newPassword: string): Promise<void> {
    if (!(await this.#hasher.verify(user.passwordHash, oldPassword))) {
      throw new DomainError('unauthenticated', 'invalid password');
    }
    const faults = passwordFaults('newPassword', newPassword, user.username);
    if (newPassword === oldPassword) {
      faults.push({ field: 'newPassword', reason: 'must not be the old password' });
    }
    if (faults.length > 0) throw invalid(faults);
    const changed: User = {
      ...user,
      passwordHash: await this.#hasher.hash(newPassword),
      status: USER_STATUS.active,
      tokenVersion: user.tokenVersion + 1,
      updatedTime: this.#clock.now(),
      revision: user.revision + 1,
    };
    if (!(await this.#users.replace(changed, user.revision))) {
      throw new DomainError('conflict', 'the user was changed at the same time: try again');
    }
  }

  /** Tokens for somebody who proved who they are in another way. */
  async sessionFor(user: User): Promise<IssuedSession> {
    const { token, expiresAtSec } = await this.#issueFor(user);
    return { accessToken: token, refreshToken: '', expiresAtSec };
  }

  #issueFor(user: User): Promise<IssuedToken> {
    return this.#issuer.issue({
      subject: user.id,
      audience: USER_AUDIENCE,
      lifetimeSec: this.#settings.accessLifetimeSec,
      claims: {
        uid: user.id,
        needChangePassword: user.status === USER_STATUS.mustChangePassword,
        tokenVersion: user.tokenVersion,
        tokenType: 'access',
      },
    });
  }
}
