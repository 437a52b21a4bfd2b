#!/usr/bin/env node
import { Command, CommanderError, Help } from 'commander';
import { productVersion } from '../shared/files/package-root.js';
import { addAuditCommands } from './commands/audit-commands.js';
import { addCompletionCommand } from './commands/completion-command.js';
import { addIntentCommands } from './commands/intent-commands.js';
import { addKeyCommands } from './commands/key-commands.js';
import { addNodeCommands } from './commands/node-commands.js';
import { addNodePolicyCommands } from './commands/node-policy-commands.js';
import { addRoleCommands } from './commands/role-commands.js';
import { addSessionCommands } from './commands/session-commands.js';
import { addStrategyCommands } from './commands/strategy-commands.js';
import { addUserCommands } from './commands/user-commands.js';
import { EXIT } from './exit-codes.js';
import { addDemoCommand, addLocalCommand } from './local-command.js';
import { addMigrateCommand } from './migrate-command.js';
import { addProgramCommands } from './program-commands.js';

/**
 * The one entry, `podium`. Every command loads its own program when it runs, so that an agent never loads what
 * only the manager needs, and a question to the manager waits for neither.
 */
const program = new Command('podium')
  .description("Decides which pods' processes a sched_ext scheduler puts first.")
  .version(productVersion())
  .showHelpAfterError('(--help shows what there is)')
  .configureHelp({
    visibleOptions: ownOptionsFirst,
    // Groups as what is shown is ordered, not as it was declared.
    groupItems: (_, visible, groupOf) => new Help().groupItems(visible, visible, groupOf),
  })
  .exitOverride();

program.commandsGroup('Work with a manager:');
addSessionCommands(program);
addStrategyCommands(program);
addIntentCommands(program);
addNodePolicyCommands(program);
addNodeCommands(program);
addUserCommands(program);
addRoleCommands(program);
addAuditCommands(program);
addKeyCommands(program);
program.commandsGroup('Run a program:');
addProgramCommands(program);
addMigrateCommand(program);
addLocalCommand(program);
addDemoCommand(program);
program.commandsGroup('Shell:');
addCompletionCommand(program);

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  process.exitCode = error.exitCode === 0 ? EXIT.ok : EXIT.usage;
}

/** What a command alone has, before what all of a kind have. */
function ownOptionsFirst(command: Command): ReturnType<Help['visibleOptions']> {
  const options = new Help().visibleOptions(command);
  const isOwn = ({ helpGroupHeading }: (typeof options)[number]) => helpGroupHeading === undefined;
  return [...options.filter(isOwn), ...options.filter((option) => !isOwn(option))];
}
