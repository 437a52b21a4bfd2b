#!/usr/bin/env node
import { Command } from 'commander';
import { productVersion } from '../shared/files/package-root.js';

/**
 * The one entry, `podium`. Every command loads its own program when it runs, so that an agent never loads what
 * only the manager needs.
 */
const program = new Command('podium')
  .description("Decides which pods' processes a sched_ext scheduler puts first.")
  .version(productVersion())
  .showHelpAfterError();

function configured(command: Command): Command {
  return command
    .option('-c, --config-name <name>', 'configuration file, without .toml')
    .option('-d, --config-dir <folder>', 'folder of the configuration file');
}

interface ConfiguredOptions {
  readonly configName?: string;
  readonly configDir?: string;
}

configured(program.command('manager'))
  .description('run the manager: API, plans, deliveries')
  .action(async ({ configName, configDir }: ConfiguredOptions) => {
    const { runManager } = await import('../manager/main.js');
    process.exitCode = await runManager({ configName, configFolder: configDir });
  });

await program.parseAsync();
