import { hostname } from 'node:os';
import path from 'node:path';
import { loadManagerConfig } from '../config/manager-config.js';
import { packageRoot } from '../shared/files/package-root.js';
import { migrateDatabase } from './app/migrate-database.js';

export interface MigrateArguments {
  readonly configName?: string | undefined;
  readonly configFolder?: string | undefined;
  readonly direction: 'up' | 'down' | 'status';
  /** For `down`: how many migrations stay. */
  readonly keep: number;
}

/** `podium migrate`: the schema of the database that the manager's configuration names. Gives what to print. */
export async function migrate({ configName, configFolder, ...task }: MigrateArguments): Promise<string> {
  const config = await loadManagerConfig({
    name: configName,
    folder: configFolder,
    fallbackFolder: path.join(packageRoot(), 'config'),
  });
  return migrateDatabase(config, { ...task, holder: `${hostname()} ${process.pid}` });
}
