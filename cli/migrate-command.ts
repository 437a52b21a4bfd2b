import { type Command, InvalidArgumentError } from 'commander';
import { DomainError } from '../shared/domain/domain-error.js';

interface Flags {
  readonly configName?: string;
  readonly configDir?: string;
  readonly to?: number;
}

/** `podium migrate`: brings the manager's MongoDB database to this version's schema, or back before an older one runs. */
export function addMigrateCommand(program: Command): void {
  const migrate = program
    .command('migrate')
    .description("the schema of the manager's MongoDB database; the manager itself applies what is missing");
  configured(migrate, 'up', 'apply what is missing').action((flags: Flags) => run('up', flags));
  configured(migrate, 'status', 'say what is applied').action((flags: Flags) => run('status', flags));
  configured(migrate, 'down', 'take back migrations, the newest first, with every manager stopped')
    .requiredOption('--to <count>', 'how many migrations stay', count)
    .action((flags: Flags) => run('down', flags));
}

function configured(parent: Command, name: string, description: string): Command {
  return parent
    .command(name)
    .description(description)
    .option('-c, --config-name <name>', "the manager's configuration file, without .toml")
    .option('-d, --config-dir <folder>', 'folder of the configuration file');
}

async function run(direction: 'up' | 'down' | 'status', { configName, configDir, to }: Flags): Promise<void> {
  const { migrate } = await import('../manager/migrate.js');
  try {
    process.stdout.write(await migrate({ configName, configFolder: configDir, direction, keep: to ?? 0 }));
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    process.stderr.write(`podium migrate: ${error.message}\n`);
    process.exitCode = 1;
  }
}

function count(text: string): number {
  if (/^\d{1,4}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('must be a whole number from 0.');
}
