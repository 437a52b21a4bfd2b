import { EVERYTHING } from './grant-cover.js';
import type { Grant, PermissionKey } from './permission.js';

/** A role that every installation has from its first start. */
export interface SeededRole {
  /**
   * The same in every installation, so that a role which was renamed or deleted is known as one that had been made.
   * Empty where the name alone tells it.
   */
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly grants: readonly Grant[];
}

/**
 * Holds everything at every start, also what a new release adds: it can neither be narrowed nor renamed nor deleted, so
 * that somebody can always give the new permissions on (contract 1.6 has it under this name).
 */
export const ADMIN_ROLE: SeededRole = {
  id: '',
  name: 'admin',
  description: 'May do everything',
  grants: EVERYTHING,
};

const READS: readonly PermissionKey[] = [
  'schedule_strategy.read',
  'schedule_intent.read',
  'node_scheduling_policy.read',
  'node_scheduling_intent.read',
  'strategy.read_all',
  'strategy.history',
  'node.read',
  'pod_pid_mapping.read',
  'pod_scheduling_metrics.read',
  'scheduler_config.read',
];

const OWN_WORK: readonly PermissionKey[] = [
  'schedule_strategy.create',
  'schedule_strategy.update',
  'schedule_strategy.delete',
  'schedule_intent.delete',
  'node_scheduling_policy.create',
  'node_scheduling_policy.update',
  'node_scheduling_policy.delete',
  'node_scheduling_intent.delete',
];

/** Made once; what an administrator makes of them afterwards stays. */
export const STARTING_ROLES: readonly SeededRole[] = [
  {
    id: '706f6469756d000000000001',
    name: 'operator',
    description: 'Works with strategies and node policies of their own, and sees what there is',
    grants: [
      ...OWN_WORK.map((permissionKey) => unlimited(permissionKey, true)),
      ...READS.map((permissionKey) => unlimited(permissionKey, false)),
    ],
  },
  {
    id: '706f6469756d000000000002',
    name: 'viewer',
    description: 'Sees what there is and changes nothing',
    grants: READS.map((permissionKey) => unlimited(permissionKey, false)),
  },
];

function unlimited(permissionKey: PermissionKey, ownOnly: boolean): Grant {
  return { permissionKey, ownOnly, k8sNamespaces: [], policyNamespaces: [], strongestPriority: 0 };
}
