import { globMatches, isNoLimit } from './glob.js';

/**
 * Every permission key, with the words an administrator reads. The keys of the first group are public
 * (contract 1.6): a role database of the first implementation can be taken over as it is. Those of the second are ours.
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
  'pod_scheduling_metrics.create': 'Create pod scheduling metrics',
  'pod_scheduling_metrics.read': 'List pod scheduling metrics',
  'pod_scheduling_metrics.update': 'Change pod scheduling metrics',
  'pod_scheduling_metrics.delete': 'Delete pod scheduling metrics',
  'scheduler_config.read': 'See what the schedulers run with',
  'scheduler_config.update': 'Change what the schedulers run with',
  'node_scheduling_policy.create': 'Create node scheduling policies',
  'node_scheduling_policy.read': 'List node scheduling policies',
  'node_scheduling_policy.update': 'Change node scheduling policies',
  'node_scheduling_policy.delete': 'Delete node scheduling policies',
  'node_scheduling_intent.read': 'List node scheduling intents',
  'node_scheduling_intent.delete': 'Exclude nodes from a node policy',

  'user.delete': 'Delete users',
  'audit.read': 'Read and verify the audit log',
  'strategy.read_all': "See everybody's strategies, node policies and intents",
  'strategy.history': 'See earlier versions of strategies',
  'node.read': 'See nodes and how far their deliveries are',
  settings: 'Change settings of the manager, its signing keys among them',
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
  /** 24 hex. */
  readonly id: string;
  /** Unique; users refer to it. */
  readonly name: string;
  readonly description: string;
  readonly grants: readonly Grant[];
  /** Unix milliseconds. */
  readonly createdTime: number;
  readonly updatedTime: number;
  /** For optimistic concurrency; counts every change from 1. */
  readonly revision: number;
}

/** The grants for one key; they add up, so the order of roles does not count. None = denied. */
export function grantsFor(roles: readonly Role[], key: PermissionKey): readonly Grant[] {
  return roles.flatMap((role) => role.grants.filter((grant) => grant.permissionKey === key));
}

/** What these open is of the whole installation: it belongs to nobody and lies in no namespace. */
const INDIVISIBLE: ReadonlySet<PermissionKey> = new Set(['audit.read', 'settings']);

/**
 * Whether the grants for a key open what it guards at all; how far they reach in there is for each use case to say. A
 * limit that nothing could be measured by must not count as none, so a limited grant opens nothing indivisible.
 */
export function opens(grants: readonly Grant[], key: PermissionKey): boolean {
  return INDIVISIBLE.has(key) ? grants.some(isOfEverything) : grants.length > 0;
}

/** Whether a grant is limited neither to the own nor to some namespaces. */
function isOfEverything({ ownOnly, k8sNamespaces, policyNamespaces }: Grant): boolean {
  return !ownOnly && [k8sNamespaces, policyNamespaces].every(isNoLimit);
}

/**
 * Whether the grants let their holder look into a pod. Pods are nobody's own, and carry no policy namespace; one that
 * the cluster does not know may be in any namespace.
 */
export function seesPod(grants: readonly Grant[], namespace: string | undefined): boolean {
  return grants.some(({ ownOnly, k8sNamespaces }) => {
    if (ownOnly) return false;
    if (isNoLimit(k8sNamespaces)) return true;
    return namespace !== undefined && k8sNamespaces.some((glob) => globMatches(glob, namespace));
  });
}
