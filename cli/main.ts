#!/usr/bin/env node
import { Command } from 'commander';
import { productVersion } from '../shared/files/package-root.js';
import { addDemoCommand, addLocalCommand } from './local-command.js';
import { addMigrateCommand } from './migrate-command.js';
import { addProgramCommands } from './program-commands.js';

/**
 * The one entry, `podium`. Every command loads its own program when it runs, so that an agent never loads what
 * only the manager needs.
 */
const program = new Command('podium')
  .description("Decides which pods' processes a sched_ext scheduler puts first.")
  .version(productVersion())
  .showHelpAfterError();

addProgramCommands(program);
addMigrateCommand(program);
addLocalCommand(program);
addDemoCommand(program);
await program.parseAsync();
