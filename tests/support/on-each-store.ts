import { describe } from 'vitest';
import type { MongoSettings } from '../../manager/adapters/mongo/mongo-connection.js';
import { describeMongoDb } from './mongodb-server.js';

/** Where a manager under test keeps its data: a new database on MongoDB, or undefined = embedded. */
export type NewStore = () => MongoSettings | undefined;

/** `describe` on the embedded store, and once more on MongoDB where this machine can have it. */
export async function describeOnEachStore(title: string, body: (newStore: NewStore) => void): Promise<void> {
  describe(`${title}, on the embedded store`, () => body(() => undefined));
  await describeMongoDb(`${title}, on MongoDB`, (server) => body(() => server().newDatabase()));
}

/** The same for a manager that runs as a program: what its environment says of the store. */
export function storeEnvironment(store: MongoSettings | undefined): Readonly<Record<string, string>> {
  if (store === undefined) return { MANAGER_STORAGE_DRIVER: 'embedded' };
  return {
    MANAGER_STORAGE_DRIVER: 'mongodb',
    MANAGER_MONGODB_URI: store.uri,
    MANAGER_MONGODB_DATABASE: store.database,
    MANAGER_MONGODB_OPERATION_TIMEOUT_MS: '60000',
  };
}
