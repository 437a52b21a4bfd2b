import { DomainError, type Fault, invalid } from '../../shared/domain/domain-error.js';
import { twinOf } from './account-name.js';
import type { Accounts } from './administration.js';
import type { Role } from './permission.js';
import { USER_STATUS, type User, type UserStatus } from './user.js';

/** A name that people would take for somebody else's is taken. */
export function refuseTakenUsername(username: string, { users }: Accounts): void {
  const names = users.map((user) => user.username);
  const twin = twinOf(username, names);
  if (twin === undefined) return;
  const found = `a user is called ${JSON.stringify(twin)} already: choose another name`;
  throw new DomainError('conflict', found, { details: [{ field: 'username', reason: 'is taken' }] });
}

/** The roles of these names. Unknown and repeated names have the public answer (contract 1.5). */
export function knownRoles(names: readonly string[], roles: readonly Role[]): readonly Role[] {
  const faults = names.flatMap((name, index): Fault[] => {
    const field = `roles[${index}]`;
    if (!roles.some((role) => role.name === name)) {
      return [{ field, reason: `no role is called ${JSON.stringify(name)}` }];
    }
    return names.indexOf(name) < index ? [{ field, reason: `repeats ${JSON.stringify(name)}` }] : [];
  });
  if (faults.length > 0) throw new DomainError('malformed', 'Some roles not found', { details: faults });
  return roles.filter(({ name }) => names.includes(name));
}

/** The status that a number in a request means. */
export function checkedStatus(status: number | bigint): UserStatus {
  const known = Object.values(USER_STATUS).find((value) => value === status);
  if (known !== undefined) return known;
  const reason = `must be 1 (active), 2 (inactive) or 3 (must change the password), found ${status}`;
  throw invalid([{ field: 'status', reason }]);
}

/** Who signs in elsewhere has no password here that could be changed. */
export function refuseWithoutPassword({ identity }: User): void {
  if (identity === undefined) return;
  throw new DomainError(
    'conflict',
    `the user signs in at ${identity.issuer} and has no password here: change it there`,
  );
}
