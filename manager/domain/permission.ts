/**
 * Every permission key, with the words an administrator reads. The keys of the first group are public
 * (contract 1.6): a role database of the first implementation can be taken over as it is.
 */
export const PERMISSIONS = {
  'user.create': 'Create users',
  'user.read': 'List users',
  'user.permission.update': 'Change the roles and the status of users',
  'user.password.reset': 'Reset the passwords of users',
  'role.create': 'Create roles',
  'role.read': 'List roles',
  'role.update': 'Change roles',
  'role.delete': 'Delete roles',
  'permission.read': 'List permissions',
  'schedule_strategy.create': 'Create scheduling strategies',
  'schedule_strategy.read': 'List scheduling strategies',
  'schedule_strategy.update': 'Change scheduling strategies',
  'schedule_strategy.delete': 'Delete scheduling strategies',
  'schedule_intent.read': 'List scheduling intents',
  'schedule_intent.delete': 'Exclude pods from a strategy',
  'pod_pid_mapping.read': 'See nodes, their pods and their processes',
} as const;

export type PermissionKey = keyof typeof PERMISSIONS;
export const PERMISSION_KEYS = Object.keys(PERMISSIONS) as readonly PermissionKey[];

/** One permission and how far it reaches (DESIGN 6). An empty list of globs is no limit. */
export interface Grant {
  readonly permissionKey: PermissionKey;
  /** Only on what the user owns. */
  readonly ownOnly: boolean;
  readonly k8sNamespaces: readonly string[];
  readonly policyNamespaces: readonly string[];
  /** The strongest (lowest) priority that strategies may have. */
  readonly strongestPriority: number;
}

export interface Role {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly grants: readonly Grant[];
}

/** The grants for one key; they add up, so the order of roles does not count. None = denied. */
export function grantsFor(roles: readonly Role[], key: PermissionKey): readonly Grant[] {
  return roles.flatMap((role) => role.grants.filter((grant) => grant.permissionKey === key));
}

/** Whether one of the grants reaches something of this owner. */
export function reachesOwner(grants: readonly Grant[], callerId: string, ownerId: string): boolean {
  return grants.some((grant) => !grant.ownOnly || callerId === ownerId);
}
