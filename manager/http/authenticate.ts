import type { KeyObject } from 'node:crypto';
import { DomainError } from '../../shared/domain/domain-error.js';
import type { Access, Caller } from '../../shared/http/route.js';
import type { Clock } from '../../shared/lifecycle/clock.js';
import type { Logger } from '../../shared/observability/logger.js';
import { rolesOf } from '../domain/administration.js';
import { opens, PERMISSION_KEYS, type PermissionKey } from '../domain/permission.js';
import { grantsOf, type Principal } from '../domain/principal.js';
import { USER_STATUS } from '../domain/user.js';
import type { UserClaims } from '../domain/user-token.js';
import type { RoleStore } from '../ports/role-store.js';
import type { UserStore } from '../ports/user-store.js';
import { VerifiedTokens } from './verified-tokens.js';

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
  readonly #tokens: VerifiedTokens;

  constructor(options: AuthenticatorOptions) {
    this.#options = options;
    this.#tokens = new VerifiedTokens(options);
  }

  /** @param identified Told who calls before it is decided whether they may. */
  async authorize(
    access: Access,
    caller: Caller,
    identified: (principal: Principal) => void,
  ): Promise<Principal> {
    const claims = await this.#claimsOf(bearerToken(caller.header('authorization')));
    const principal = await this.#principalOf(claims, caller);
    identified(principal);
    const mayWait = access.kind === 'open' || (access.kind === 'signed in' && access.beforePasswordChange);
    if (mayWait !== true) refusePendingPasswordChange(principal, claims);
    if (access.kind === 'permission') {
      const key = permissionKey(access.key);
      if (!opens(grantsOf(principal, key), key)) throw new DomainError('forbidden', 'permission denied');
    }
    return principal;
  }

  async #principalOf(claims: UserClaims, { remoteAddress, requestId }: Caller): Promise<Principal> {
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

  async #claimsOf(token: string): Promise<UserClaims> {
    let claims: UserClaims | undefined;
    try {
      claims = await this.#tokens.verify(token);
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      // The reason helps the operator; the caller gets the public text only.
      this.#options.logger.debug({ reason: error.message }, 'token refused');
      throw unauthenticated('invalid or expired token', error);
    }
    if (claims === undefined) throw unauthenticated('invalid token claims');
    return claims;
  }
}

function bearerToken(header: string | undefined): string {
  if (header === undefined) throw unauthenticated('Missing Authorization header');
  const token = /^Bearer (.+)$/.exec(header)?.[1];
  if (token === undefined) throw unauthenticated('Invalid Authorization header format');
  return token;
}

/** The token's word counts too: it was made for a caller who had to (contract 1.5). */
function refusePendingPasswordChange({ user }: Principal, { needChangePassword }: UserClaims): void {
  if (user.status !== USER_STATUS.mustChangePassword && !needChangePassword) return;
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
