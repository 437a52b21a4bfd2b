import { EmbeddedAuditLog } from '../../manager/adapters/embedded/embedded-audit-log.js';
import { EmbeddedDatabase } from '../../manager/adapters/embedded/embedded-database.js';
import { EmbeddedEpochStore } from '../../manager/adapters/embedded/embedded-epoch-store.js';
import { EmbeddedExclusionStore } from '../../manager/adapters/embedded/embedded-exclusion-store.js';
import { EmbeddedIdempotencyStore } from '../../manager/adapters/embedded/embedded-idempotency-store.js';
import { EmbeddedNodePolicyStore } from '../../manager/adapters/embedded/embedded-node-policy-store.js';
import { EmbeddedRoleStore } from '../../manager/adapters/embedded/embedded-role-store.js';
import { EmbeddedSessionStore } from '../../manager/adapters/embedded/embedded-session-store.js';
import { EmbeddedStrategyStore } from '../../manager/adapters/embedded/embedded-strategy-store.js';
import { EmbeddedUserStore } from '../../manager/adapters/embedded/embedded-user-store.js';
import { SqliteExecutor, type SqlStatement } from '../../manager/adapters/embedded/sqlite-executor.js';

/** The embedded stores with the database in this thread: the test runner cannot run a worker of sources. */
export function embeddedStores(file = ':memory:') {
  const executor = new SqliteExecutor(file);
  const run = async (statement: SqlStatement) => {
    const [outcome] = executor.executeBatch([statement]);
    if (outcome === undefined) throw new Error('no outcome');
    return outcome;
  };
  const database = new EmbeddedDatabase({ run });
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
    close: async () => executor.close(),
  };
}
