import type { Stores } from '../../ports/stores.js';
import { MongoAuditLog } from './mongo-audit-log.js';
import type { MongoConnection } from './mongo-connection.js';
import { MongoEpochStore } from './mongo-epoch-store.js';
import { MongoExclusionStore } from './mongo-exclusion-store.js';
import { MongoIdempotencyStore } from './mongo-idempotency-store.js';
import { MongoNodePolicyStore } from './mongo-node-policy-store.js';
import { MongoRoleStore } from './mongo-role-store.js';
import { MongoSessionStore } from './mongo-session-store.js';
import { MongoStrategyStore } from './mongo-strategy-store.js';
import { MongoUserStore } from './mongo-user-store.js';

/** Every store port in one MongoDB database. */
export function storesInMongo(connection: MongoConnection): Stores {
  return {
    strategies: new MongoStrategyStore(connection),
    users: new MongoUserStore(connection),
    roles: new MongoRoleStore(connection),
    sessions: new MongoSessionStore(connection),
    nodePolicies: new MongoNodePolicyStore(connection),
    exclusions: new MongoExclusionStore(connection),
    idempotency: new MongoIdempotencyStore(connection),
    audit: new MongoAuditLog(connection),
    epoch: new MongoEpochStore(connection),
  };
}
