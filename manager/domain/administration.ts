import { DomainError } from '../../shared/domain/domain-error.js';
import { covers, EVERYTHING, grantText, uncovered } from './grant-cover.js';
import type { Grant, PermissionKey, Role } from './permission.js';
import { grantsOf, type Principal } from './principal.js';
import { USER_STATUS, type User } from './user.js';

/** Users and roles as they were at one moment. */
export interface Accounts {
  readonly users: readonly User[];
  readonly roles: readonly Role[];
}

/** The roles that a user refers to by name; a name that no role has gives nothing. */
export function rolesOf({ roles: names }: Pick<User, 'roles'>, roles: readonly Role[]): readonly Role[] {
  return roles.filter(({ name }) => names.includes(name));
}

/** Everything that somebody may do through these roles. */
export function grantsThrough(roles: readonly Role[]): readonly Grant[] {
  return roles.flatMap(({ grants }) => grants);
}

export function grantsOfUser(user: User, roles: readonly Role[]): readonly Grant[] {
  return grantsThrough(rolesOf(user, roles));
}

/**
 * The caller of a request as they are when it is their turn. Rights that were taken from them since the request came in
 * count no more: of two administrators who remove each other, the second is no administrator by then.
 */
export function actingCaller(
  { user: { id, tokenVersion }, actor }: Principal,
  { users, roles }: Accounts,
): Principal {
  const user = users.find((candidate) => candidate.id === id);
  if (user === undefined || user.status !== USER_STATUS.active || user.tokenVersion !== tokenVersion) {
    throw new DomainError('unauthenticated', 'token revoked');
  }
  return { user, roles: rolesOf(user, roles), actor };
}

/**
 * Refuses who lacks a permission, or holds it for their own only (contract 1.6). Asked before it is looked whether there
 * is such a target: nobody finds out by refusals which ids exist.
 *
 * @param isOwn Whether this is about the caller's own account, or a role that they hold.
 */
export function refuseUnlessMay(caller: Principal, key: PermissionKey, isOwn: boolean): void {
  const grants = grantsOf(caller, key);
  if (grants.length === 0) throw new DomainError('forbidden', `permission denied: you do not hold ${key}`);
  if (!isOwn && grants.every(({ ownOnly }) => ownOnly)) throw new DomainError('forbidden', 'forbidden');
}

const MOST_NAMED = 5;

/**
 * Refuses to touch rights that the caller does not hold: neither to give them, nor to take them away, nor to get at
 * them through somebody's account.
 *
 * @param deed What was tried, to go on after "you may not"; the rights that lack follow it.
 */
export function refuseBeyond({ roles }: Principal, grants: readonly Grant[], deed: string): void {
  const lacking = uncovered(grantsThrough(roles), grants);
  if (lacking.length === 0) return;
  const texts = [...new Set(lacking.map(grantText))];
  const named = texts.slice(0, MOST_NAMED).join(', ');
  const more = texts.length > MOST_NAMED ? ` and ${texts.length - MOST_NAMED} more` : '';
  throw new DomainError('forbidden', `permission denied: you may not ${deed}: ${named}${more}`, {
    details: lacking.map((grant) => ({
      field: grant.permissionKey,
      reason: `you do not hold ${grantText(grant)}`,
    })),
  });
}

/** Whether the user's roles give everything, without limits. */
function holdsEverything(user: User, roles: readonly Role[]): boolean {
  const held = grantsOfUser(user, roles);
  return EVERYTHING.every((grant) => covers(held, grant));
}

/** Whether somebody is left who can do everything, and can sign in without another's help. */
export function hasAdministrator({ users, roles }: Accounts): boolean {
  return users.some((user) => user.status === USER_STATUS.active && holdsEverything(user, roles));
}

/** Whether a change takes everything from somebody who had it: the account itself, its use, or a right. */
export function unseatsAdministrator(before: Accounts, after: Accounts): boolean {
  const seatedAfter = new Set(after.users.filter((user) => isSeated(user, after.roles)).map(({ id }) => id));
  return before.users.some((user) => !seatedAfter.has(user.id) && isSeated(user, before.roles));
}

function isSeated(user: User, roles: readonly Role[]): boolean {
  return user.status !== USER_STATUS.inactive && holdsEverything(user, roles);
}

/** Refuses a change after which nobody could undo it. */
export function refuseLastAdministrator(before: Accounts, after: Accounts): void {
  if (unseatsAdministrator(before, after) && !hasAdministrator(after)) throw lastAdministrator();
}

export function lastAdministrator(): DomainError {
  return new DomainError(
    'conflict',
    'nobody would be left who may do everything: give the role admin to another active user first',
  );
}
