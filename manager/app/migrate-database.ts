import type { ManagerConfig } from '../../config/manager-config.js';
import { DomainError } from '../../shared/domain/domain-error.js';
import { systemClock } from '../../shared/lifecycle/clock.js';
import { silentLogger } from '../../shared/observability/logger.js';
import type { Migrator } from '../adapters/mongo/migrator.js';
import { MongoConnection } from '../adapters/mongo/mongo-connection.js';
import { productMigrator } from '../adapters/mongo/product-migrator.js';
import { mongoSettings } from './mongo-settings.js';

export interface MigrationTask {
  readonly direction: 'up' | 'down' | 'status';
  /** For `down`: how many migrations stay. */
  readonly keep: number;
  readonly holder: string;
}

const LONGEST_WAIT_MS = 120_000;

/** Does the task and gives the state afterwards, one line for each migration. */
export async function migrateDatabase(config: ManagerConfig, task: MigrationTask): Promise<string> {
  if (config.storage.driver !== 'mongodb') {
    const message =
      'storage.driver is not "mongodb": the embedded store is brought up to date when the manager opens it';
    throw new DomainError('invalid', message);
  }
  const connection = new MongoConnection(mongoSettings(config.mongodb));
  try {
    const migrator = productMigrator(connection, systemClock, silentLogger, task.holder);
    const signal = AbortSignal.timeout(LONGEST_WAIT_MS);
    if (task.direction === 'up') await migrator.up(signal);
    if (task.direction === 'down') await migrator.down(task.keep, signal);
    return await stateOf(migrator);
  } finally {
    await connection.close();
  }
}

async function stateOf(migrator: Migrator): Promise<string> {
  const { applied, pending } = await migrator.plan();
  const undone = new Set(pending);
  const lines = [
    ...applied.filter((migration) => !undone.has(migration)).map(({ name }) => `applied  ${name}`),
    ...pending.map(({ name }) => `pending  ${name}`),
  ];
  return `${lines.join('\n')}\n`;
}
