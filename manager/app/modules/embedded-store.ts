import path from 'node:path';
import type { Container } from 'inversify';
import { EmbeddedDatabase } from '../../adapters/embedded/embedded-database.js';
import { storesInFile } from '../../adapters/embedded/embedded-stores.js';
import { WorkerRunner } from '../../adapters/embedded/worker-runner.js';
import { TOKENS } from '../tokens.js';

const DATABASE_FILE = 'podium.db';

/** Every store port on one SQLite file in the state folder, without which the manager does not start. */
export function bindEmbeddedStore(container: Container): void {
  container
    .bind(TOKENS.databaseWorker)
    .toResolvedValue(
      (config) => new WorkerRunner(path.join(config.state.dir, DATABASE_FILE)),
      [TOKENS.config],
    )
    .inSingletonScope();
  container
    .bind(TOKENS.stores)
    .toResolvedValue((worker) => storesInFile(new EmbeddedDatabase(worker)), [TOKENS.databaseWorker])
    .inSingletonScope();
  container
    .bind(TOKENS.storeAccess)
    .toResolvedValue(
      (worker) => ({ opened: worker, whenThere: (steps) => [...steps], problem: () => undefined }),
      [TOKENS.databaseWorker],
    )
    .inSingletonScope();
}
