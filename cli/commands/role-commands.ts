import type { Command } from 'commander';
import { itemOf, itemsOf, textOf } from '../client/answers.js';
import { namedThing } from '../client/named-thing.js';
import { timeCell } from '../output/cells.js';
import { grantColumns } from '../output/grant-columns.js';
import type { Item } from '../output/table.js';
import { action, apiCommand } from './api-command.js';
import { addApplyCommands } from './apply-command.js';
import type { CommandContext } from './command-context.js';
import { type YesFlag, yes } from './user-commands.js';

const ROLES = '/api/v1/roles';

/** `podium roles …`. Roles are named by their name or id. */
export function addRoleCommands(program: Command): void {
  const roles = program.command('roles').description('roles and what they permit');
  apiCommand(roles, 'list', 'list the roles').action(action(list));
  apiCommand(roles, 'get <role>', 'show one role with its permissions').action(action<[string]>(get));
  addApplyCommands(roles, async () => (await import('../apply/role-kind.js')).roleKind);
  apiCommand(roles, 'delete <role...>', 'delete roles that nobody has')
    .option('--unassign', 'take them from whoever has them first')
    .addOption(yes())
    .action(action<[readonly string[]], DeleteFlags>(remove));
  apiCommand(roles, 'permissions', 'list the permissions that a role can give').action(action(permissions));
}

interface DeleteFlags extends YesFlag {
  readonly unassign?: boolean;
}

async function list({ api, out }: CommandContext): Promise<void> {
  const data = await api.get(ROLES);
  await out.list(
    data,
    itemsOf(data, 'roles'),
    [
      { title: 'ID', of: 'id' },
      { title: 'NAME', of: 'name' },
      { title: 'PERMISSIONS', of: (role) => policiesOf(role).length },
      { title: 'DESCRIPTION', of: 'description' },
    ],
    'There are no roles.',
  );
}

async function get(context: CommandContext, _: object, nameOrId: string): Promise<void> {
  const { api, out } = context;
  const { id } = await roleBy(context, nameOrId);
  const role = itemOf(await api.get(`${ROLES}/${String(id)}`));
  await out.item(role, role, [
    { title: 'id', of: 'id' },
    { title: 'name', of: 'name' },
    { title: 'description', of: 'description' },
    { title: 'updated', of: timeCell('updatedTime') },
    { title: 'revision', of: 'revision' },
  ]);
  if (!out.isForPeople) return;
  out.raw('\n');
  await out.list(undefined, policiesOf(role), grantColumns, 'It permits nothing.');
}

async function remove(context: CommandContext, flags: DeleteFlags, names: readonly string[]): Promise<void> {
  const { api, out, terminal } = context;
  const roles: Item[] = [];
  for (const name of names) roles.push(await roleBy(context, name));
  const list = roles.map((role) => textOf(role, 'name')).join(', ');
  if (!flags.yes && !(await terminal.confirm(`Delete ${list}?`))) return out.note('Nothing was deleted.');
  for (const role of roles) {
    const body = { id: role.id, ...(flags.unassign === true ? { unassign: true } : {}) };
    await out.done(await api.call('DELETE', ROLES, { body }), `Role ${textOf(role, 'name')} was deleted.`);
  }
}

async function permissions({ api, out }: CommandContext): Promise<void> {
  const data = await api.get('/api/v1/permissions');
  await out.list(
    data,
    itemsOf(data, 'permissions'),
    [
      { title: 'KEY', of: 'key' },
      { title: 'DESCRIPTION', of: 'description' },
    ],
    'There are no permissions.',
  );
}

function roleBy({ api }: CommandContext, nameOrId: string): Promise<Item> {
  const all = async () => itemsOf(await api.get(ROLES), 'roles');
  return namedThing(nameOrId, { noun: 'role', nameKey: 'name', all });
}

/** Singular in the public list, plural in the public body (contract 1.6). */
function policiesOf(role: Item): readonly Item[] {
  const policies = itemsOf(role, 'rolePolicies');
  return policies.length > 0 ? policies : itemsOf(role, 'rolePolicy');
}
