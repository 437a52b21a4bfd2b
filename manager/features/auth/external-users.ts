import { DomainError } from '../../../shared/domain/domain-error.js';
import type { Clock } from '../../../shared/lifecycle/clock.js';
import type { Logger } from '../../../shared/observability/logger.js';
import type { AuditActor } from '../../domain/audit-entry.js';
import {
  type GroupRole,
  groupsOf,
  isOfDomain,
  rolesOfGroups,
  usernameOf,
} from '../../domain/external-user.js';
import { USER_STATUS, type User } from '../../domain/user.js';
import type { AuditTrail } from '../../ports/audit-trail.js';
import type { IdSource } from '../../ports/id-source.js';
import type { ProvenIdentity } from '../../ports/identity-provider.js';
import type { RoleStore } from '../../ports/role-store.js';
import type { UserStore } from '../../ports/user-store.js';
import type { SignInOrigin } from './session-issuer.js';

export interface ExternalUserSettings {
  readonly usernameClaim: string;
  readonly groupsClaim: string;
  readonly groupRoles: readonly GroupRole[];
  /** For whom no group gives a role; empty = they may not sign in. */
  readonly defaultRole: string;
  readonly allowedDomains: readonly string[];
}

export interface ExternalUsersOptions {
  readonly users: UserStore;
  readonly roles: RoleStore;
  readonly trail: AuditTrail;
  readonly ids: IdSource;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly settings: ExternalUserSettings;
}

/** What somebody gets, or why they get nothing. */
interface Entitlement {
  readonly roles: readonly string[];
  readonly refusal: string | undefined;
}

/** Others may change the same user at the same time; this often in a row is something else. */
const MOST_TRIES = 5;

/**
 * Users whom an issuer vouches for. They are known by issuer and subject alone: a name or an address that somebody
 * could have taken at the issuer never opens an account that is here already (docs/adr/0023).
 */
export class ExternalUsers {
  readonly #options: ExternalUsersOptions;

  constructor(options: ExternalUsersOptions) {
    this.#options = options;
  }

  /**
   * The user of this identity, made at the first sign-in, with the roles that the groups give now. Whoever may not sign
   * in any more is refused, and loses what an earlier sign-in gave.
   */
  async signIn(identity: ProvenIdentity, origin: SignInOrigin): Promise<User> {
    const { users } = this.#options;
    const { roles, refusal } = await this.#entitlementOf(identity);
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      const known = await users.byIdentity(identity);
      if (known === undefined && refusal !== undefined) throw new DomainError('forbidden', refusal);
      const user =
        known === undefined
          ? await this.#make(identity, roles, origin)
          : await this.#sync(known, roles, origin);
      if (user !== undefined && refusal !== undefined) throw new DomainError('forbidden', refusal);
      if (user !== undefined) return user;
    }
    throw new DomainError('unavailable', 'the user is being changed by others: sign in again');
  }

  async #entitlementOf({ claims }: ProvenIdentity): Promise<Entitlement> {
    const { allowedDomains, defaultRole, groupRoles, groupsClaim } = this.#options.settings;
    if (!isOfDomain(claims, allowedDomains)) {
      const refusal = 'your address is not verified, or of no domain that may sign in here';
      return { roles: [], refusal };
    }
    const wanted = rolesOfGroups(groupsOf(claims, groupsClaim), groupRoles, defaultRole);
    const known = new Set((await this.#options.roles.all()).map(({ name }) => name));
    const unknown = wanted.filter((role) => !known.has(role));
    if (unknown.length > 0) {
      this.#options.logger.warn(
        { roles: unknown },
        'roles of oidc.role_map or oidc.default_role do not exist',
      );
    }
    const roles = wanted.filter((role) => known.has(role));
    const refusal =
      roles.length > 0 ? undefined : 'none of your groups has a role here: ask an administrator';
    return { roles, refusal };
  }

  /** Undefined when somebody was faster. */
  async #make(
    identity: ProvenIdentity,
    roles: readonly string[],
    origin: SignInOrigin,
  ): Promise<User | undefined> {
    const { users, ids, clock, trail } = this.#options;
    const username = this.#nameOf(identity);
    if ((await users.byUsername(username)) !== undefined) throw nameIsTaken(username);
    const now = clock.now();
    const { issuer, subject } = identity;
    const user: User = {
      id: ids.newId(),
      username,
      passwordHash: '',
      status: USER_STATUS.active,
      identity: { issuer, subject },
      roles,
      tokenVersion: 1,
      createdTime: now,
      updatedTime: now,
      revision: 1,
    };
    try {
      await users.insert(user);
    } catch (error) {
      if (error instanceof DomainError && error.code === 'conflict') return undefined;
      throw error;
    }
    await trail.record(actorOf(user, origin), {
      action: 'user.create',
      outcome: 'done',
      target: { kind: 'user', id: user.id, name: username },
      after: { username, roles, status: user.status, issuer, subject },
    });
    return user;
  }

  /** Every token with other roles dies; undefined when somebody was faster. */
  async #sync(user: User, roles: readonly string[], origin: SignInOrigin): Promise<User | undefined> {
    const { users, clock, trail } = this.#options;
    if (user.status === USER_STATUS.inactive) throw new DomainError('unauthenticated', 'user is inactive');
    if (user.roles.toSorted().join('\n') === roles.join('\n')) return user;
    const changed: User = {
      ...user,
      roles,
      tokenVersion: user.tokenVersion + 1,
      updatedTime: clock.now(),
      revision: user.revision + 1,
    };
    if (!(await users.replace(changed, user.revision))) return undefined;
    await trail.record(actorOf(user, origin), {
      action: 'user.update',
      outcome: 'done',
      target: { kind: 'user', id: user.id, name: user.username },
      before: { roles: user.roles },
      after: { roles, via: 'oidc' },
    });
    return changed;
  }

  #nameOf({ claims }: ProvenIdentity): string {
    const { usernameClaim } = this.#options.settings;
    const username = usernameOf(claims, usernameClaim);
    if (username !== undefined) return username;
    throw new DomainError(
      'forbidden',
      `the identity provider says no name for you: an administrator has to make it send the claim ${usernameClaim}`,
    );
  }
}

export function actorOf({ id, username }: User, { address, requestId }: SignInOrigin): AuditActor {
  return { userId: id, username, address: address ?? '', requestId };
}

function nameIsTaken(username: string): DomainError {
  return new DomainError(
    'conflict',
    `there is another user called ${username}, who does not sign in through this identity provider: ask an ` +
      'administrator to rename or delete that user',
  );
}
