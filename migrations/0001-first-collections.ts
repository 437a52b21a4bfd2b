import type { Migration, MigrationStep } from './migration.js';

/** Names and uniqueness as the first implementation has them (contract 1.13), so that its indexes are ours. */
const PUBLIC_INDEXES: readonly MigrationStep[] = [
  {
    kind: 'index',
    collection: 'users',
    name: 'idx_users_username_unique',
    fields: ['username'],
    unique: true,
  },
  { kind: 'index', collection: 'roles', name: 'idx_roles_name_unique', fields: ['name'], unique: true },
  {
    kind: 'index',
    collection: 'permissions',
    name: 'idx_permissions_key_unique',
    fields: ['key'],
    unique: true,
  },
];

const COLLECTIONS = [
  'users',
  'roles',
  'permissions',
  'schedule_strategies',
  'sessions',
  'node_scheduling_policies',
  'exclusions',
  'idempotent_answers',
  'audit_logs',
  'epochs',
];

/** An index for every query that a store makes; `_id` is the audit log's sequence. */
const OUR_INDEXES: readonly (readonly [collection: string, ...fields: string[]])[] = [
  ['schedule_strategies', 'createdTime', '_id'],
  ['schedule_strategies', 'creatorID', 'createdTime', '_id'],
  ['sessions', 'userID', 'createdTime', '_id'],
  ['sessions', 'expiresTime'],
  ['node_scheduling_policies', 'createdTime', '_id'],
  ['node_scheduling_policies', 'creatorID', 'createdTime', '_id'],
  ['exclusions', 'createdTime', '_id'],
  ['exclusions', 'sourceID'],
  ['idempotent_answers', 'expiresTime'],
  ['audit_logs', 'timestamp', '_id'],
  ['audit_logs', 'user_id', '_id'],
  ['audit_logs', 'username', '_id'],
  ['audit_logs', 'request_id', '_id'],
  ['audit_logs', 'action', '_id'],
  ['audit_logs', 'target_kind', 'target_id', '_id'],
];

const OUR_UNIQUE_INDEXES: readonly MigrationStep[] = [
  {
    kind: 'index',
    collection: 'users',
    name: 'podium_identityKey',
    fields: ['identityKey'],
    unique: true,
    sparse: true,
  },
  {
    kind: 'index',
    collection: 'schedule_strategies',
    name: 'podium_nameKey',
    fields: ['nameKey'],
    unique: true,
    sparse: true,
  },
];

const ours = OUR_INDEXES.map(([collection, ...fields]) => ({
  kind: 'index' as const,
  collection,
  name: `podium_${fields.join('_')}`,
  fields,
}));

/** The first implementation's validators do not know our fields. */
const VALIDATED = ['users', 'roles', 'permissions', 'schedule_strategies'];

/** Way back: our indexes go; data, and what is public, stays for the program that comes next. */
export const firstCollections: Migration = {
  name: '0001-first-collections',
  up: [
    ...COLLECTIONS.map((collection) => ({ kind: 'collection' as const, collection })),
    ...VALIDATED.map((collection) => ({ kind: 'validation' as const, collection, level: 'off' as const })),
    ...PUBLIC_INDEXES,
    ...OUR_UNIQUE_INDEXES,
    ...ours,
  ],
  down: [
    ...ours.map(({ collection, name }) => ({ kind: 'drop index' as const, collection, name })),
    { kind: 'drop index', collection: 'users', name: 'podium_identityKey' },
    { kind: 'drop index', collection: 'schedule_strategies', name: 'podium_nameKey' },
    ...VALIDATED.map((collection) => ({ kind: 'validation' as const, collection, level: 'strict' as const })),
  ],
};
