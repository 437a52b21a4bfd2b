import { DomainError } from '../../../shared/domain/domain-error.js';
import type { Clock } from '../../../shared/lifecycle/clock.js';
import type { Logger } from '../../../shared/observability/logger.js';
import { nameFaults, twinOf } from '../../domain/account-name.js';
import { type Accounts, refuseLastAdministrator } from '../../domain/administration.js';
import {
  type GroupRole,
  groupsOf,
  isOfDomain,
  rolesOfGroups,
  usernameOf,
} from '../../domain/external-user.js';
import type { Role } from '../../domain/permission.js';
import { withRevokedTokens } from '../../domain/revoked-tokens.js';
import { USER_STATUS, type User } from '../../domain/user.js';
import { type AccountChanges, OVERTAKEN } from '../../ports/account-changes.js';
import type { AuditTrail } from '../../ports/audit-trail.js';
import type { IdSource } from '../../ports/id-source.js';
import type { ProvenIdentity } from '../../ports/identity-provider.js';
import type { ReconcileWakeUp } from '../../ports/reconcile-wake-up.js';
import type { RoleStore } from '../../ports/role-store.js';
import type { SessionStore } from '../../ports/session-store.js';
import type { UserStore } from '../../ports/user-store.js';
import { actorOf, type Origin } from './session-service.js';

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
  readonly sessions: SessionStore;
  readonly changes: AccountChanges;
  readonly trail: AuditTrail;
  readonly wakeUp: ReconcileWakeUp;
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
  async signIn(identity: ProvenIdentity, origin: Origin): Promise<User> {
    return (await this.#unchanged(identity)) ?? (await this.#changed(identity, origin));
  }

  /** The user whom nothing is to be done for, found without a look at everybody; undefined otherwise. */
  async #unchanged(identity: ProvenIdentity): Promise<User | undefined> {
    const { roles, users } = this.#options;
    const known = await users.byIdentity(identity);
    if (known === undefined || known.status === USER_STATUS.inactive) return undefined;
    const entitlement = this.#entitlementOf(identity, await roles.all());
    return entitlement.refusal === undefined && hasRoles(known, entitlement.roles) ? known : undefined;
  }

  #changed(identity: ProvenIdentity, origin: Origin): Promise<User> {
    return this.#options.changes.run(async (accounts) => {
      const { roles, refusal } = this.#entitlementOf(identity, accounts.roles);
      const known = accounts.users.find((user) => isSameIdentity(user, identity));
      if (known === undefined && refusal !== undefined) throw new DomainError('forbidden', refusal);
      const user =
        known === undefined
          ? await this.#make(identity, roles, accounts, origin)
          : await this.#sync(known, roles, accounts, origin);
      if (user === undefined) return OVERTAKEN;
      if (refusal !== undefined) throw new DomainError('forbidden', refusal);
      return user;
    });
  }

  #entitlementOf({ claims }: ProvenIdentity, existing: readonly Role[]): Entitlement {
    const { allowedDomains, defaultRole, groupRoles, groupsClaim } = this.#options.settings;
    if (!isOfDomain(claims, allowedDomains)) {
      const refusal = 'your address is not verified, or of no domain that may sign in here';
      return { roles: [], refusal };
    }
    const wanted = rolesOfGroups(groupsOf(claims, groupsClaim), groupRoles, defaultRole);
    const known = new Set(existing.map(({ name }) => name));
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
    { users }: Accounts,
    origin: Origin,
  ): Promise<User | undefined> {
    const { clock, ids, trail } = this.#options;
    const username = this.#nameOf(identity);
    const names = users.map((user) => user.username);
    if (twinOf(username, names) !== undefined) throw nameIsTaken(username);
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
      await this.#options.users.insert(user);
    } catch (error) {
      if (error instanceof DomainError && error.code === 'conflict') return undefined;
      throw error;
    }
    await trail.record(actorOf(user.id, user.username, origin), {
      action: 'user.create',
      outcome: 'done',
      target: { kind: 'user', id: user.id, name: username },
      after: { username, roles, status: user.status, issuer, subject },
    });
    return user;
  }

  /** Every token with other roles dies; undefined when somebody was faster. */
  async #sync(
    user: User,
    roles: readonly string[],
    accounts: Accounts,
    origin: Origin,
  ): Promise<User | undefined> {
    const { clock, sessions, trail, users, wakeUp } = this.#options;
    if (user.status === USER_STATUS.inactive) throw new DomainError('unauthenticated', 'user is inactive');
    if (hasRoles(user, roles)) return user;
    const changed: User = withRevokedTokens({ ...user, roles }, clock.now());
    const others = accounts.users.filter(({ id }) => id !== user.id);
    refuseLastAdministrator(accounts, { ...accounts, users: [...others, changed] });
    if (!(await users.replace(changed, user.revision))) return undefined;
    await sessions.deleteOfUser(user.id);
    wakeUp.request();
    await trail.record(actorOf(user.id, user.username, origin), {
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
    const faults = username === undefined ? [] : nameFaults(usernameClaim, username);
    if (username !== undefined && faults.length === 0) return username;
    const reason = faults.map((fault) => ` (${fault.reason})`).join('');
    throw new DomainError(
      'forbidden',
      `the identity provider says no name for you that can be one here${reason}: an administrator has to make it send ` +
        `the claim ${usernameClaim}, or name another one as oidc.username_claim`,
    );
  }
}

/** @param roles Sorted. */
function hasRoles(user: User, roles: readonly string[]): boolean {
  return user.roles.toSorted().join('\n') === roles.join('\n');
}

function isSameIdentity({ identity }: User, { issuer, subject }: ProvenIdentity): boolean {
  return identity?.issuer === issuer && identity.subject === subject;
}

function nameIsTaken(username: string): DomainError {
  return new DomainError(
    'conflict',
    `there is another user called ${username}, who does not sign in through this identity provider: ask an ` +
      'administrator to rename or delete that user',
  );
}
