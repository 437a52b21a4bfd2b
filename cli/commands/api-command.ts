import { type Command, InvalidArgumentError, Option } from 'commander';
import { FORMATS } from '../output/printer.js';
import type { ApiOptions, CommandContext } from './command-context.js';

const SERVER_OPTIONS = 'Server and output:';
const DEFAULT_TIMEOUT_SEC = 30;

/** A command that asks a manager, with the options that all of them have. */
export function apiCommand(parent: Command, nameAndArguments: string, description: string): Command {
  return parent
    .command(nameAndArguments)
    .description(description)
    .addOption(
      new Option('-o, --output <format>', 'how to print')
        .choices(FORMATS)
        .default('table')
        .helpGroup(SERVER_OPTIONS),
    )
    .addOption(new Option('--no-headers', 'tables without titles').helpGroup(SERVER_OPTIONS))
    .addOption(
      new Option('--server <url>', 'the manager; PODIUM_SERVER, else that of the last sign-in').helpGroup(
        SERVER_OPTIONS,
      ),
    )
    .addOption(
      new Option(
        '--ca-file <file>',
        "certificates (PEM) to trust instead of the system's; PODIUM_CA_FILE",
      ).helpGroup(SERVER_OPTIONS),
    )
    .addOption(
      new Option(
        '--insecure-http',
        'let passwords and tokens go over plain HTTP to another machine',
      ).helpGroup(SERVER_OPTIONS),
    )
    .addOption(
      new Option('--timeout <seconds>', 'longest time for one request')
        .argParser(seconds)
        .default(DEFAULT_TIMEOUT_SEC)
        .helpGroup(SERVER_OPTIONS),
    );
}

/** What a command does: with its context, its own options, and its arguments. */
export type Work<Arguments extends readonly unknown[], Options> = (
  context: CommandContext,
  options: Options & ApiOptions,
  ...args: Arguments
) => Promise<void>;

/**
 * An action for commander. What speaks to the network is loaded only now, so that help and completion need not
 * wait for it.
 */
export function action<Arguments extends readonly unknown[], Options = object>(
  work: Work<Arguments, Options>,
): (...all: unknown[]) => Promise<void> {
  return async (...all) => {
    const { runCommand } = await import('./run-command.js');
    const options = all.at(-2) as Options & ApiOptions;
    process.exitCode = await runCommand(options, (context) =>
      work(context, options, ...(all.slice(0, -2) as unknown as Arguments)),
    );
  };
}

function seconds(text: string): number {
  const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (value > 0 && value <= 3_600) return value;
  throw new InvalidArgumentError('must be a number of seconds up to 3600.');
}
