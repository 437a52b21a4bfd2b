import type { KeyObject } from 'node:crypto';
import { verifyToken } from '../../shared/auth/token-verifier.js';
import { DomainError } from '../../shared/domain/domain-error.js';
import type { Access, Caller } from '../../shared/http/route.js';
import type { Clock } from '../../shared/lifecycle/clock.js';
import type { Logger } from '../../shared/observability/logger.js';
import { rolesOf } from '../domain/administration.js';
import { PERMISSION_KEYS, type PermissionKey } from '../domain/permission.js';
import { grantsOf, type Principal } from '../domain/principal.js';
import { USER_STATUS } from '../domain/user.js';
import { USER_AUDIENCE, userClaimsOf } from '../domain/user-token.js';
import type { RoleStore } from '../ports/role-store.js';
import type { UserStore } from '../ports/user-store.js';

export interface AuthenticatorOptions {
  readonly users: UserStore;
  readonly roles: RoleStore;
  /** The key for a token's `kid`. */
  readonly keyFor: (kid: string | undefined) => KeyObject | undefined;
  readonly issuer: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * From a request's token to the caller, and whether the caller may. User and roles are read anew for every
 * request, so that a changed password, role or status counts at once. Texts as contract 1.1.
 */
export class Authenticator {
  readonly #options: AuthenticatorOptions;

  constructor(options: AuthenticatorOptions) {
    this.#options = options;
  }

  /** @param identified Told who calls before it is decided whether they may. */
  async authorize(
    access: Access,
    caller: Caller,
    identified: (principal: Principal) => void,
  ): Promise<Principal> {
    const principal = await this.#principalOf(bearerToken(caller.header('authorization')), caller);
    identified(principal);
    switch (access.kind) {
      case 'open':
        return principal;
      case 'signed in':
        if (access.beforePasswordChange !== true) refusePendingPasswordChange(principal);
        return principal;
      case 'permission':
        refusePendingPasswordChange(principal);
        if (grantsOf(principal, permissionKey(access.key)).length === 0) {
          throw new DomainError('forbidden', 'permission denied');
        }
        return principal;
    }
  }

  async #principalOf(token: string, { remoteAddress, requestId }: Caller): Promise<Principal> {
    const claims = userClaimsOf(await this.#verify(token));
    if (claims === undefined) throw unauthenticated('invalid token claims');
    if (claims.tokenType !== 'access') throw unauthenticated('invalid token type');
    const user = await this.#options.users.get(claims.uid);
    if (user === undefined) throw unauthenticated('user not found');
    if (user.status === USER_STATUS.inactive || user.tokenVersion !== claims.tokenVersion) {
      throw unauthenticated('token revoked');
    }
    const roles = await this.#options.roles.all();
    return {
      user,
      roles: rolesOf(user, roles),
      actor: { userId: user.id, username: user.username, address: remoteAddress, requestId },
    };
  }

  async #verify(token: string) {
    const { clock, issuer, keyFor, logger } = this.#options;
    try {
      return await verifyToken(token, { keyFor, issuer, audience: USER_AUDIENCE, now: () => clock.now() });
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      // The reason helps the operator; the caller gets the public text only.
      logger.debug({ reason: error.message }, 'token refused');
      throw unauthenticated('invalid or expired token', error);
    }
  }
}

function bearerToken(header: string | undefined): string {
  if (header === undefined) throw unauthenticated('Missing Authorization header');
  const token = /^Bearer (.+)$/.exec(header)?.[1];
  if (token === undefined) throw unauthenticated('Invalid Authorization header format');
  return token;
}

function refusePendingPasswordChange({ user }: Principal): void {
  if (user.status !== USER_STATUS.mustChangePassword) return;
  throw new DomainError('forbidden', 'password change required');
}

function permissionKey(key: string): PermissionKey {
  const known = PERMISSION_KEYS.find((candidate) => candidate === key);
  if (known === undefined) throw new DomainError('internal', `no permission is called ${key}`);
  return known;
}

function unauthenticated(message: string, cause?: unknown): DomainError {
  return new DomainError('unauthenticated', message, { cause });
}
