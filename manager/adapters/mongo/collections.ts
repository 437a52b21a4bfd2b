/** Names of the collections. The first four are public (contract 1.13); the rest is ours. */
export const COLLECTIONS = {
  users: 'users',
  roles: 'roles',
  permissions: 'permissions',
  strategies: 'schedule_strategies',
  audit: 'audit_logs',

  sessions: 'sessions',
  nodePolicies: 'node_scheduling_policies',
  exclusions: 'exclusions',
  idempotency: 'idempotent_answers',
  epochs: 'epochs',
  migrations: 'podium_migrations',
  migrationLeases: 'podium_migration_leases',
} as const;
