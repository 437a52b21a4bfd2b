import path from 'node:path';
import { loadManagerConfig } from '../config/manager-config.js';
import { packageRoot } from '../shared/files/package-root.js';
import { type ProgramArguments, runProgram } from '../shared/program/run-program.js';
import { createManager } from './app/create-manager.js';

/** Runs the manager until a signal ends it; resolves with the exit code. */
export function runManager({ configName, configFolder, exitWithParent }: ProgramArguments): Promise<number> {
  return runProgram({ name: 'podium manager' }, async () => {
    const config = await loadManagerConfig({
      name: configName,
      folder: configFolder,
      fallbackFolder: path.join(packageRoot(), 'config'),
    });
    return { ...(await createManager(config)), exitWithParent };
  });
}
