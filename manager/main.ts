import path from 'node:path';
import { loadConfig } from '../config/load-config.js';
import { MANAGER_CONFIG_NAME, managerConfigSchema } from '../config/manager-config.js';
import { packageRoot } from '../shared/files/package-root.js';
import { runProgram } from '../shared/program/run-program.js';
import { createManager } from './app/create-manager.js';

export interface ManagerArguments {
  /** Name of the configuration file, without `.toml`. */
  readonly configName?: string | undefined;
  readonly configFolder?: string | undefined;
  /** End when the program that started this one is gone. */
  readonly exitWithParent?: boolean;
}

/** Runs the manager until a signal ends it; resolves with the exit code. */
export function runManager(options: ManagerArguments): Promise<number> {
  const { configName, configFolder, exitWithParent = false } = options;
  return runProgram({ name: 'podium manager', exitWithParent }, async () => {
    const config = await loadConfig(managerConfigSchema, {
      name: configName || MANAGER_CONFIG_NAME,
      folder: configFolder,
      fallbackFolder: path.join(packageRoot(), 'config'),
      environmentPrefix: 'MANAGER',
    });
    return createManager(config);
  });
}
