import { MIGRATIONS } from '../../../migrations/index.js';
import type { Clock } from '../../../shared/lifecycle/clock.js';
import type { Logger } from '../../../shared/observability/logger.js';
import { MigrationLease } from './migration-lease.js';
import { Migrator } from './migrator.js';
import type { MongoConnection } from './mongo-connection.js';

/** The migrator for this product's own schema. `holder` tells people who it is. */
export function productMigrator(
  connection: MongoConnection,
  clock: Clock,
  logger: Logger,
  holder: string,
): Migrator {
  const lease = new MigrationLease(connection, clock, holder);
  return new Migrator({ connection, migrations: MIGRATIONS, lease, clock, logger });
}
