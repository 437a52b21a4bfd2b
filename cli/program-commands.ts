import { type Command, Option } from 'commander';
import type { ProgramArguments } from '../shared/program/run-program.js';

interface Flags {
  readonly configName?: string;
  readonly configDir?: string;
  readonly exitWithParent?: boolean;
}

/** The two programs of the product, with the options their public relatives have (contract 4.3). */
export function addProgramCommands(program: Command): void {
  configured(program, 'manager', 'run the manager: API, plans, deliveries').action(async (flags: Flags) => {
    const { runManager } = await import('../manager/main.js');
    process.exitCode = await runManager(argumentsOf(flags));
  });
  configured(program, 'decisionmaker', 'run the agent of a node').action(async (flags: Flags) => {
    const { runDecisionMaker } = await import('../decisionmaker/main.js');
    process.exitCode = await runDecisionMaker(argumentsOf(flags));
  });
}

function configured(program: Command, name: string, description: string): Command {
  return program
    .command(name)
    .description(description)
    .option('-c, --config-name <name>', 'configuration file, without .toml')
    .option('-d, --config-dir <folder>', 'folder of the configuration file')
    .addOption(
      new Option('--exit-with-parent', 'end when the program that started this one is gone').hideHelp(),
    );
}

function argumentsOf({ configName, configDir, exitWithParent }: Flags): ProgramArguments {
  return { configName, configFolder: configDir, exitWithParent: exitWithParent ?? false };
}
