import path from 'node:path';
import { EmbeddedDatabase } from '../../../manager/adapters/embedded/embedded-database.js';
import { storesInFile } from '../../../manager/adapters/embedded/embedded-stores.js';
import { WorkerRunner } from '../../../manager/adapters/embedded/worker-runner.js';
import { MongoConnection } from '../../../manager/adapters/mongo/mongo-connection.js';
import { storesInMongo } from '../../../manager/adapters/mongo/mongo-stores.js';
import { productMigrator } from '../../../manager/adapters/mongo/product-migrator.js';
import type { Stores } from '../../../manager/ports/stores.js';
import { systemClock } from '../../../shared/lifecycle/clock.js';
import { silentLogger } from '../../../shared/observability/logger.js';

export interface OpenedStore {
  readonly stores: Stores;
  close(): Promise<void>;
}

/** The stores as the manager opens them: a file in a folder, or a database. */
export async function openStore(place: string, database: string): Promise<OpenedStore> {
  const signal = AbortSignal.timeout(60_000);
  if (!place.startsWith('mongodb')) {
    const worker = new WorkerRunner(path.join(place, 'podium.db'));
    await worker.start();
    return { stores: storesInFile(new EmbeddedDatabase(worker)), close: () => worker.stop() };
  }
  const connection = new MongoConnection({
    uri: place,
    database,
    caPem: undefined,
    connectTimeoutMs: 5_000,
    operationTimeoutMs: 30_000,
    poolSize: 20,
  });
  await productMigrator(connection, systemClock, silentLogger, 'bench').up(signal);
  return { stores: storesInMongo(connection), close: () => connection.close() };
}
