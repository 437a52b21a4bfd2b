import type { Command } from 'commander';
import type { ApplyFlags, DiffFlags } from '../apply/apply-flags.js';
import type { ResourceKind } from '../apply/resource-kind.js';
import { action, apiCommand } from './api-command.js';
import { yes } from './user-commands.js';

const FILES = 'YAML or JSON; - is standard input; a folder stands for its .yaml, .yml and .json files';

/** `apply -f` and `diff -f` of one kind of thing. The kind is loaded when it is needed. */
export function addApplyCommands(parent: Command, kindOf: () => Promise<ResourceKind>): void {
  apiCommand(parent, 'apply', 'create or change what files describe, and leave alone what is so already')
    .requiredOption('-f, --file <file...>', FILES)
    .option('--dry-run', 'only show what would change')
    .addOption(yes())
    .action(
      action<[], ApplyFlags>(async (context, flags) => {
        const { apply } = await import('../apply/run-apply.js');
        await apply(context, await kindOf(), flags);
      }),
    );
  apiCommand(parent, 'diff', 'show what apply would change')
    .requiredOption('-f, --file <file...>', FILES)
    .option('--exit-code', 'end with 1 when something would change')
    .action(
      action<[], DiffFlags>(async (context, flags) => {
        const { diff } = await import('../apply/run-apply.js');
        await diff(context, await kindOf(), flags);
      }),
    );
}
