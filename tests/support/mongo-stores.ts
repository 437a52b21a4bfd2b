import { MigrationLease } from '../../manager/adapters/mongo/migration-lease.js';
import { Migrator } from '../../manager/adapters/mongo/migrator.js';
import { MongoConnection, type MongoSettings } from '../../manager/adapters/mongo/mongo-connection.js';
import { storesInMongo } from '../../manager/adapters/mongo/mongo-stores.js';
import { MIGRATIONS } from '../../migrations/index.js';
import { systemClock } from '../../shared/lifecycle/clock.js';
import { silentLogger } from '../../shared/observability/logger.js';

/** The MongoDB stores on a database that is brought up to date first. */
export async function mongoStores(settings: MongoSettings) {
  const connection = new MongoConnection(settings);
  await testMigrator(connection).up(new AbortController().signal);
  return { ...storesInMongo(connection), connection, close: () => connection.close() };
}

export function testMigrator(connection: MongoConnection, migrations = MIGRATIONS): Migrator {
  return new Migrator({
    connection,
    migrations,
    lease: new MigrationLease(connection, systemClock, 'test', { expiryMs: 1_000, renewMs: 200, pollMs: 20 }),
    clock: systemClock,
    logger: silentLogger,
  });
}
