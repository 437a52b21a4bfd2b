import { EmbeddedDatabase } from '../../manager/adapters/embedded/embedded-database.js';
import { storesInFile } from '../../manager/adapters/embedded/embedded-stores.js';
import { SqliteExecutor, type SqlStatement } from '../../manager/adapters/embedded/sqlite-executor.js';

/** The embedded stores with the database in this thread: the test runner cannot run a worker of sources. */
export function embeddedStores(file = ':memory:') {
  const executor = new SqliteExecutor(file);
  const run = async (statement: SqlStatement) => {
    const [outcome] = executor.executeBatch([statement]);
    if (outcome === undefined) throw new Error('no outcome');
    return outcome;
  };
  return { ...storesInFile(new EmbeddedDatabase({ run })), close: async () => executor.close() };
}
