import { DomainError } from '../../shared/domain/domain-error.js';
import { twinOf } from './account-name.js';
import type { Accounts } from './administration.js';
import type { AuditFacts } from './audit-entry.js';
import { EVERYTHING, uncovered } from './grant-cover.js';
import type { Role } from './permission.js';
import { ADMIN_ROLE } from './seeded-roles.js';
import type { User } from './user.js';

/** Of the names of holders in a refusal. */
const MOST_NAMED = 20;

/**
 * A name that users refer to is taken even where no role has it, as after an interrupted deletion or in a database
 * of the first implementation: a role of this name would be theirs at once, without anybody having given it to them.
 *
 * @param renamed The role that is to get the name: what its holders have of an interrupted attempt is no obstacle.
 */
export function refuseTakenRoleName(
  name: string,
  { users, roles }: Accounts,
  renamed: Role | undefined,
): void {
  const others = roles.filter(({ id }) => id !== renamed?.id).map((role) => role.name);
  const twin = twinOf(name, others);
  if (twin !== undefined) {
    const found = `a role is called ${JSON.stringify(twin)} already: choose another name`;
    throw new DomainError('conflict', found, { details: [{ field: 'name', reason: 'is taken' }] });
  }
  const leftover = users.filter(
    (user) => user.roles.includes(name) && (renamed === undefined || !user.roles.includes(renamed.name)),
  );
  if (leftover.length === 0) return;
  throw new DomainError(
    'conflict',
    `no role is called ${JSON.stringify(name)}, but users refer to it and would get the role at once: ` +
      `choose another name, or take it from ${namesOf(leftover)} first`,
    { details: [{ field: 'name', reason: 'is referred to by users' }] },
  );
}

/** The role `admin` holds everything under its name, so that somebody can always do everything. */
export function refuseLessForAdmin(role: Role, changed: Role): void {
  if (role.name !== ADMIN_ROLE.name) return;
  if (changed.name !== role.name) throw adminStays('cannot be renamed');
  if (uncovered(changed.grants, EVERYTHING).length > 0) throw adminStays('cannot be narrowed');
}

export function adminStays(what: string): DomainError {
  return new DomainError(
    'conflict',
    `the role ${ADMIN_ROLE.name} ${what}, so that somebody can always do everything: make another role`,
  );
}

/** The refusal to delete a role that somebody holds. */
export function roleInUse(holders: readonly User[]): DomainError {
  return new DomainError(
    'conflict',
    `the role is held by ${namesOf(holders)}: take it from them first, or send "unassign": true`,
    {
      data: {
        users: holders.slice(0, MOST_NAMED).map(({ username }) => username),
        userCount: holders.length,
      },
    },
  );
}

function namesOf(users: readonly User[]): string {
  const named = users
    .slice(0, MOST_NAMED)
    .map(({ username }) => username)
    .join(', ');
  return users.length > MOST_NAMED ? `${named} and ${users.length - MOST_NAMED} more` : named;
}

/** Everybody and everything as they are once a role is changed, under its new name where it has one. */
export function withRole({ users, roles }: Accounts, before: Role, after: Role): Accounts {
  return {
    users: users.map((user) => ({
      ...user,
      roles: user.roles.map((name) => (name === before.name ? after.name : name)),
    })),
    roles: roles.map((role) => (role.id === after.id ? after : role)),
  };
}

/** What of a role the audit log is told. */
export function roleFacts({ name, description, grants }: Role): AuditFacts {
  return { name, description, grants };
}
