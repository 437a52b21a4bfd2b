import { DomainError, invalid } from '../../../shared/domain/domain-error.js';
import { refuseOtherRevision } from '../../../shared/domain/revision.js';
import type { Clock } from '../../../shared/lifecycle/clock.js';
import { nameFaults } from '../../domain/account-name.js';
import {
  type Accounts,
  actingCaller,
  grantsOfUser,
  grantsThrough,
  hasAdministrator,
  lastAdministrator,
  refuseBeyond,
  refuseLastAdministrator,
  refuseUnlessMay,
  unseatsAdministrator,
} from '../../domain/administration.js';
import type { AuditFacts } from '../../domain/audit-entry.js';
import { passwordFaults } from '../../domain/password-rules.js';
import { grantsOf, type Principal } from '../../domain/principal.js';
import { withRevokedTokens } from '../../domain/revoked-tokens.js';
import { USER_STATUS, type User } from '../../domain/user.js';
import {
  checkedStatus,
  knownRoles,
  refuseTakenUsername,
  refuseWithoutPassword,
} from '../../domain/user-administration.js';
import { type AccountChanges, OVERTAKEN } from '../../ports/account-changes.js';
import type { AuditTrail } from '../../ports/audit-trail.js';
import type { IdSource } from '../../ports/id-source.js';
import type { PasswordHasher } from '../../ports/password-hasher.js';
import type { ReconcileWakeUp } from '../../ports/reconcile-wake-up.js';
import type { SessionStore } from '../../ports/session-store.js';
import type { UserStore } from '../../ports/user-store.js';

/** What a change of an existing user is made to. */
export interface UserTarget {
  readonly id: string;
  /** Undefined: whatever is there. */
  readonly expectedRevision: number | undefined;
}

/** What is given of a new account. */
export interface NewUser {
  readonly username: string;
  /** Empty = make one. */
  readonly password: string;
  readonly roles: readonly string[];
}

/** Undefined stays as it is. */
export interface UserPermissions {
  readonly roles: readonly string[] | undefined;
  readonly status: number | bigint | undefined;
}

/** A user after a change, with the password that was made for them, if one was. */
export interface SavedUser {
  readonly user: User;
  readonly password?: string;
}

export interface UserServiceParts {
  readonly users: UserStore;
  readonly sessions: SessionStore;
  readonly changes: AccountChanges;
  readonly hasher: PasswordHasher;
  readonly audit: AuditTrail;
  readonly wakeUp: ReconcileWakeUp;
  readonly ids: IdSource;
  readonly clock: Clock;
}

/**
 * Other people's accounts. Whoever changes one has to hold all that its roles give, before and after: else an account
 * would be a way to rights that nobody gave.
 */
export class UserService {
  readonly #parts: UserServiceParts;

  constructor(parts: UserServiceParts) {
    this.#parts = parts;
  }

  /** All of them; with own-only `user.read` the caller alone. */
  async list(principal: Principal): Promise<readonly User[]> {
    const isWide = grantsOf(principal, 'user.read').some(({ ownOnly }) => !ownOnly);
    return isWide ? await this.#parts.users.all() : [principal.user];
  }

  async get(principal: Principal, id: string): Promise<User> {
    refuseUnlessMay(principal, 'user.read', id === principal.user.id);
    return (await this.#parts.users.get(id)) ?? notFound();
  }

  async create(principal: Principal, { username, password, roles }: NewUser): Promise<SavedUser> {
    const { changes, clock, hasher, ids, users } = this.#parts;
    const faults = nameFaults('username', username);
    if (password !== '') faults.push(...passwordFaults('password', password, username));
    if (faults.length > 0) throw invalid(faults);
    const made = password === '' ? ids.newPassword() : undefined;
    const passwordHash = await hasher.hash(made ?? password);
    return changes.run(async (accounts) => {
      const caller = actingCaller(principal, accounts);
      refuseUnlessMay(caller, 'user.create', false);
      refuseTakenUsername(username, accounts);
      if (roles.length > 0) this.#refuseRoles(caller, roles, accounts);
      const now = clock.now();
      const user: User = {
        id: ids.newId(),
        username,
        passwordHash,
        status: USER_STATUS.mustChangePassword,
        roles,
        tokenVersion: 1,
        createdTime: now,
        updatedTime: now,
        revision: 1,
      };
      await users.insert(user);
      await this.#tell(caller, 'user.create', user, undefined, factsOf(user));
      return { user, ...(made === undefined ? {} : { password: made }) };
    });
  }

  /** A password that somebody else knows: it has to be changed at the next sign-in. */
  async resetPassword(principal: Principal, target: UserTarget, newPassword: string): Promise<SavedUser> {
    refuseUnlessMay(principal, 'user.password.reset', target.id === principal.user.id);
    const { username } = (await this.#parts.users.get(target.id)) ?? notFound();
    const faults = newPassword === '' ? [] : passwordFaults('newPassword', newPassword, username);
    if (faults.length > 0) throw invalid(faults);
    const made = newPassword === '' ? this.#parts.ids.newPassword() : undefined;
    const passwordHash = await this.#parts.hasher.hash(made ?? newPassword);
    const user = await this.#change(principal, target, 'user.password_reset', (caller, known, { roles }) => {
      refuseUnlessMay(caller, 'user.password.reset', known.id === caller.user.id);
      refuseWithoutPassword(known);
      refuseBeyond(
        caller,
        grantsOfUser(known, roles),
        'reset the password of somebody who holds more than you',
      );
      if (known.status === USER_STATUS.inactive) refuseReopening(caller);
      return { ...known, passwordHash, status: USER_STATUS.mustChangePassword };
    });
    return { user, ...(made === undefined ? {} : { password: made }) };
  }

  /** Which roles somebody has, and whether they may sign in. Ends everything they are signed in with. */
  async setPermissions(principal: Principal, target: UserTarget, given: UserPermissions): Promise<User> {
    refuseUnlessMay(principal, 'user.permission.update', target.id === principal.user.id);
    const status = given.status === undefined ? undefined : checkedStatus(given.status);
    return this.#change(principal, target, 'user.update', (caller, known, accounts) => {
      refuseUnlessMay(caller, 'user.permission.update', known.id === caller.user.id);
      const held = grantsOfUser(known, accounts.roles);
      if (given.roles !== undefined) knownRoles(given.roles, accounts.roles);
      const changed = { ...known, roles: given.roles ?? known.roles, status: status ?? known.status };
      if (isSame(changed, known)) return known;
      if (changed.status === USER_STATUS.mustChangePassword) refuseWithoutPassword(known);
      refuseBeyond(caller, held, 'change the account of somebody who holds more than you');
      refuseBeyond(caller, grantsOfUser(changed, accounts.roles), 'give more than you hold');
      return changed;
    });
  }

  /**
   * One change of one user: checked and decided by `decide` with everything as it is when it is this change's turn,
   * then kept. What `decide` returns as it was given is left alone.
   */
  #change(
    principal: Principal,
    { id, expectedRevision }: UserTarget,
    action: string,
    decide: (caller: Principal, known: User, accounts: Accounts) => User,
  ): Promise<User> {
    const { changes, clock, sessions, users } = this.#parts;
    return changes.run(async (accounts) => {
      const caller = actingCaller(principal, accounts);
      const known = accounts.users.find((user) => user.id === id) ?? notFound();
      refuseOtherRevision('user', expectedRevision, known.revision);
      const decided = decide(caller, known, accounts);
      if (decided === known) return known;
      const changed = withRevokedTokens(decided, clock.now());
      const after = withUser(accounts, changed);
      refuseLastAdministrator(accounts, after);
      if (!(await users.replace(changed, known.revision))) return OVERTAKEN;
      await sessions.deleteOfUser(id);
      if (unseatsAdministrator(accounts, after)) await this.#undoUnlessAdministrated(known, changed);
      await this.#tell(caller, action, changed, factsOf(known), factsOf(changed));
      return changed;
    });
  }

  /** Another manager on the same store may have unseated the other administrator at the same time. */
  async #undoUnlessAdministrated(known: User, changed: User): Promise<void> {
    const { changes, clock, users } = this.#parts;
    if (hasAdministrator(await changes.read())) return;
    const { roles, status } = known;
    const undone = { ...changed, roles, status, updatedTime: clock.now(), revision: changed.revision + 1 };
    await users.replace(undone, changed.revision);
    throw lastAdministrator();
  }

  #refuseRoles(caller: Principal, names: readonly string[], { roles }: Accounts): void {
    refuseUnlessMay(caller, 'user.permission.update', false);
    refuseBeyond(caller, grantsThrough(knownRoles(names, roles)), 'give more than you hold');
  }

  async #tell(
    { actor }: Principal,
    action: string,
    { id, username }: User,
    before: AuditFacts | undefined,
    after: AuditFacts,
  ): Promise<void> {
    this.#parts.wakeUp.request();
    const target = { kind: 'user', id, name: username };
    await this.#parts.audit.record(actor, { action, outcome: 'done', target, before, after });
  }
}

function notFound(): never {
  throw new DomainError('not_found', 'user not found');
}

/** A new password makes an account usable again, which is no right of those who may only reset passwords. */
function refuseReopening(caller: Principal): void {
  if (grantsOf(caller, 'user.permission.update').some(({ ownOnly }) => !ownOnly)) return;
  throw new DomainError(
    'forbidden',
    'permission denied: the user is inactive, and making an account active again takes user.permission.update',
  );
}

function isSame(one: User, other: User): boolean {
  const names = new Set([...one.roles, ...other.roles]);
  const sizes = [new Set(one.roles).size, new Set(other.roles).size];
  return one.status === other.status && sizes.every((size) => size === names.size);
}

function withUser({ users, roles }: Accounts, changed: User): Accounts {
  return { users: users.map((user) => (user.id === changed.id ? changed : user)), roles };
}

function factsOf({ roles, status }: User): AuditFacts {
  return { roles, status };
}
