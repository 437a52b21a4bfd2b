import { hostname } from 'node:os';
import type { Container } from 'inversify';
import { MongoConnection } from '../../adapters/mongo/mongo-connection.js';
import { storesInMongo } from '../../adapters/mongo/mongo-stores.js';
import { keepPermissionRows } from '../../adapters/mongo/permission-rows.js';
import { productMigrator } from '../../adapters/mongo/product-migrator.js';
import { mongoSettings } from '../mongo-settings.js';
import { StoreStart } from '../store-start.js';
import { TOKENS } from '../tokens.js';

/** Every store port in a MongoDB database, which may be away when the manager starts and at any time later. */
export function bindMongoStore(container: Container): void {
  container
    .bind(TOKENS.mongoConnection)
    .toResolvedValue(({ mongodb }) => new MongoConnection(mongoSettings(mongodb)), [TOKENS.config])
    .inSingletonScope();
  container
    .bind(TOKENS.stores)
    .toResolvedValue((connection) => storesInMongo(connection), [TOKENS.mongoConnection])
    .inSingletonScope();
  container
    .bind(TOKENS.migrator)
    .toResolvedValue(
      (connection, clock, logger) =>
        productMigrator(connection, clock, logger, `${hostname()} ${process.pid}`),
      [TOKENS.mongoConnection, TOKENS.clock, TOKENS.logger],
    )
    .inSingletonScope();
  container
    .bind(TOKENS.storeAccess)
    .toResolvedValue(
      (connection, migrator, clock, random, logger) => {
        let start: StoreStart | undefined;
        return {
          opened: { name: 'database', start: async () => {}, stop: () => connection.close() },
          whenThere: (steps) => {
            const schema = {
              name: 'database schema',
              start: async (signal: AbortSignal) => {
                await migrator.up(signal);
                await keepPermissionRows(connection, clock);
              },
              stop: async () => {},
            };
            start = new StoreStart({ steps: [schema, ...steps], clock, random, logger });
            return [start];
          },
          problem: () => start?.problem ?? connection.problem,
        };
      },
      [TOKENS.mongoConnection, TOKENS.migrator, TOKENS.clock, TOKENS.random, TOKENS.logger],
    )
    .inSingletonScope();
}
