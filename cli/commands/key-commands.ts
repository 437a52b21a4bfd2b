import type { Command } from 'commander';
import { itemOf, itemsOf, textOf } from '../client/answers.js';
import { timeCell } from '../output/cells.js';
import { action, apiCommand } from './api-command.js';
import type { CommandContext } from './command-context.js';
import { type YesFlag, yes } from './user-commands.js';

/** `podium keys …`: the keys that sign tokens. */
export function addKeyCommands(program: Command): void {
  const keys = program.command('keys').description("the manager's signing keys");
  apiCommand(keys, 'list', 'list the keys that are trusted, and the one that comes next').action(
    action(list),
  );
  apiCommand(keys, 'rotate', 'make a new key; the present one stays good for what it has signed')
    .addOption(yes())
    .action(action<[], YesFlag>(rotate));
}

async function list({ api, out }: CommandContext): Promise<void> {
  const data = await api.get('/api/v1/keys');
  await out.list(
    data,
    itemsOf(data, 'keys'),
    [
      { title: 'KEY', of: 'kid' },
      { title: 'STATE', of: 'state' },
      { title: 'CREATED', of: timeCell('createdTime') },
      { title: 'SIGNS FROM', of: timeCell('activatesTime') },
      { title: 'SIGNS UNTIL', of: timeCell('retiresTime') },
      { title: 'TRUSTED UNTIL', of: timeCell('removedTime') },
    ],
    'There are no keys.',
  );
}

async function rotate({ api, out, terminal }: CommandContext, flags: YesFlag): Promise<void> {
  if (!flags.yes && !(await terminal.confirm('Make a new signing key?')))
    return out.note('Nothing was changed.');
  const key = itemOf(await api.call('POST', '/api/v1/keys/rotate'));
  await out.done(key, `Key ${textOf(key, 'kid')} was made and signs from ${timeCell('activatesTime')(key)}.`);
}
