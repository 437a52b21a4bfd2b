import path from 'node:path';
import type { Container } from 'inversify';
import { EmbeddedAuditLog } from '../../adapters/embedded/embedded-audit-log.js';
import { EmbeddedDatabase } from '../../adapters/embedded/embedded-database.js';
import { EmbeddedEpochStore } from '../../adapters/embedded/embedded-epoch-store.js';
import { EmbeddedExclusionStore } from '../../adapters/embedded/embedded-exclusion-store.js';
import { EmbeddedIdempotencyStore } from '../../adapters/embedded/embedded-idempotency-store.js';
import { EmbeddedNodePolicyStore } from '../../adapters/embedded/embedded-node-policy-store.js';
import { EmbeddedRoleStore } from '../../adapters/embedded/embedded-role-store.js';
import { EmbeddedSessionStore } from '../../adapters/embedded/embedded-session-store.js';
import { EmbeddedStrategyStore } from '../../adapters/embedded/embedded-strategy-store.js';
import { EmbeddedUserStore } from '../../adapters/embedded/embedded-user-store.js';
import { WorkerRunner } from '../../adapters/embedded/worker-runner.js';
import { TOKENS } from '../tokens.js';

const DATABASE_FILE = 'podium.db';

/** Every store port on one SQLite file in the state folder. */
export function bindEmbeddedStore(container: Container): void {
  container
    .bind(TOKENS.databaseWorker)
    .toResolvedValue(
      (config) => new WorkerRunner(path.join(config.state.dir, DATABASE_FILE)),
      [TOKENS.config],
    )
    .inSingletonScope();
  container
    .bind(TOKENS.database)
    .toResolvedValue((worker) => new EmbeddedDatabase(worker), [TOKENS.databaseWorker])
    .inSingletonScope();
  container
    .bind(TOKENS.strategyStore)
    .toResolvedValue((database) => new EmbeddedStrategyStore(database), [TOKENS.database])
    .inSingletonScope();
  container
    .bind(TOKENS.userStore)
    .toResolvedValue((database) => new EmbeddedUserStore(database), [TOKENS.database])
    .inSingletonScope();
  container
    .bind(TOKENS.roleStore)
    .toResolvedValue((database) => new EmbeddedRoleStore(database), [TOKENS.database])
    .inSingletonScope();
  container
    .bind(TOKENS.epochStore)
    .toResolvedValue((database) => new EmbeddedEpochStore(database), [TOKENS.database])
    .inSingletonScope();
  container
    .bind(TOKENS.sessionStore)
    .toResolvedValue((database) => new EmbeddedSessionStore(database), [TOKENS.database])
    .inSingletonScope();
  container
    .bind(TOKENS.nodePolicyStore)
    .toResolvedValue((database) => new EmbeddedNodePolicyStore(database), [TOKENS.database])
    .inSingletonScope();
  container
    .bind(TOKENS.exclusionStore)
    .toResolvedValue((database) => new EmbeddedExclusionStore(database), [TOKENS.database])
    .inSingletonScope();
  container
    .bind(TOKENS.idempotencyStore)
    .toResolvedValue((database) => new EmbeddedIdempotencyStore(database), [TOKENS.database])
    .inSingletonScope();
  container
    .bind(TOKENS.auditLog)
    .toResolvedValue((database) => new EmbeddedAuditLog(database), [TOKENS.database])
    .inSingletonScope();
}
