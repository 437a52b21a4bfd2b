import type { AuditActor } from './audit-entry.js';
import type { Grant, PermissionKey, Role } from './permission.js';
import { grantsFor } from './permission.js';
import type { User } from './user.js';

/** Who calls, with the roles the user has right now. */
export interface Principal {
  readonly user: User;
  readonly roles: readonly Role[];
  /** The same caller as the audit log names them. */
  readonly actor: AuditActor;
}

export function grantsOf({ roles }: Principal, key: PermissionKey): readonly Grant[] {
  return grantsFor(roles, key);
}
