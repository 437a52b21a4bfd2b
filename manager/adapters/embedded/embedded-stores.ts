import type { Stores } from '../../ports/stores.js';
import { EmbeddedAuditLog } from './embedded-audit-log.js';
import type { EmbeddedDatabase } from './embedded-database.js';
import { EmbeddedEpochStore } from './embedded-epoch-store.js';
import { EmbeddedExclusionStore } from './embedded-exclusion-store.js';
import { EmbeddedIdempotencyStore } from './embedded-idempotency-store.js';
import { EmbeddedNodePolicyStore } from './embedded-node-policy-store.js';
import { EmbeddedRoleStore } from './embedded-role-store.js';
import { EmbeddedSessionStore } from './embedded-session-store.js';
import { EmbeddedStrategyStore } from './embedded-strategy-store.js';
import { EmbeddedUserStore } from './embedded-user-store.js';

/** Every store port on one SQLite file. */
export function storesInFile(database: EmbeddedDatabase): Stores {
  return {
    strategies: new EmbeddedStrategyStore(database),
    users: new EmbeddedUserStore(database),
    roles: new EmbeddedRoleStore(database),
    sessions: new EmbeddedSessionStore(database),
    nodePolicies: new EmbeddedNodePolicyStore(database),
    exclusions: new EmbeddedExclusionStore(database),
    idempotency: new EmbeddedIdempotencyStore(database),
    audit: new EmbeddedAuditLog(database),
    epoch: new EmbeddedEpochStore(database),
  };
}
