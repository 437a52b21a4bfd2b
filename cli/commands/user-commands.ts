import { type Command, Option } from 'commander';
import { DomainError } from '../../shared/domain/domain-error.js';
import { isHexId } from '../../shared/domain/hex-id.js';
import { itemOf, itemsOf, textOf } from '../client/answers.js';
import { namedThing } from '../client/named-thing.js';
import { timeCell, userStatusText } from '../output/cells.js';
import type { Column, Item } from '../output/table.js';
import { action, apiCommand } from './api-command.js';
import type { CommandContext } from './command-context.js';

const USERS = '/api/v1/users';
const ACTIVE = 1;
const DISABLED = 2;

const columns: readonly Column[] = [
  { title: 'ID', of: 'id' },
  { title: 'USERNAME', of: 'username' },
  { title: 'ROLES', of: 'roles' },
  { title: 'STATUS', of: userStatusText },
];

/** `podium users …`. Users are named by their name or id. */
export function addUserCommands(program: Command): void {
  const users = program.command('users').description('accounts: list, create, disable, passwords, roles');
  apiCommand(users, 'list', 'list the users').action(action(list));
  apiCommand(users, 'get <user>', 'show one user').action(action<[string]>(get));
  apiCommand(users, 'create <username>', 'create a user; prints a one-time password when none is given')
    .option('-r, --role <role...>', 'roles by name')
    .option('--password-stdin', 'read the password from standard input')
    .action(action<[string], CreateFlags>(create));
  apiCommand(users, 'delete <user...>', 'delete users with their sessions')
    .option('--transfer-to <user>', 'who gets their strategies and node policies')
    .option('--delete-owned', 'delete their strategies and node policies too')
    .addOption(yes())
    .action(action<[readonly string[]], DeleteFlags>(remove));
  apiCommand(users, 'reset-password <user>', 'give a one-time password, to be changed at the next sign-in')
    .option('--password-stdin', 'read it from standard input instead of making one')
    .action(action<[string], PasswordFlag>(resetPassword));
  apiCommand(users, 'enable <user>', 'let a disabled user sign in again').action(action<[string]>(enable));
  apiCommand(users, 'disable <user>', 'end every session of a user and let no new one begin').action(
    action<[string]>(disable),
  );
  apiCommand(users, 'set-roles <user> [roles...]', 'give a user these roles and no others')
    .option('--none', 'take every role away')
    .action(action<[string, readonly string[]], { readonly none?: boolean }>(setRoles));
}

interface PasswordFlag {
  readonly passwordStdin?: boolean;
}

interface CreateFlags extends PasswordFlag {
  readonly role?: readonly string[];
}

export interface YesFlag {
  readonly yes?: boolean;
}

interface DeleteFlags extends YesFlag {
  readonly transferTo?: string;
  readonly deleteOwned?: boolean;
}

/** `-y`: do not ask. */
export function yes(): Option {
  return new Option('-y, --yes', 'do not ask');
}

async function list({ api, out }: CommandContext): Promise<void> {
  const data = await api.get(USERS);
  await out.list(data, itemsOf(data, 'users'), columns, 'There are no users.');
}

async function get(context: CommandContext, _: object, nameOrId: string): Promise<void> {
  const user = await userBy(context, nameOrId);
  await context.out.item(user, user, [
    { title: 'id', of: 'id' },
    { title: 'username', of: 'username' },
    { title: 'status', of: userStatusText },
    { title: 'roles', of: 'roles' },
    { title: 'created', of: timeCell('createdTime') },
    { title: 'updated', of: timeCell('updatedTime') },
    { title: 'revision', of: 'revision' },
  ]);
}

async function create(
  context: CommandContext,
  { role, passwordStdin }: CreateFlags,
  username: string,
): Promise<void> {
  const password = await givenPassword(context, passwordStdin);
  const body = { username, ...(role === undefined ? {} : { roles: role }), ...password };
  const data = itemOf(await context.api.call('POST', USERS, { body }));
  await context.out.done(data, `User ${username} was created (${textOf(data, 'id')}).`);
  showOneTimePassword(context, data);
}

async function remove(context: CommandContext, flags: DeleteFlags, names: readonly string[]): Promise<void> {
  const { api, out } = context;
  const users: Item[] = [];
  for (const name of names) users.push(await userBy(context, name));
  const heir = flags.transferTo === undefined ? undefined : await userBy(context, flags.transferTo);
  const list = users.map((user) => textOf(user, 'username')).join(', ');
  if (!flags.yes && !(await context.terminal.confirm(`Delete ${list}?`)))
    return out.note('Nothing was deleted.');
  const inheritance = {
    ...(heir === undefined ? {} : { transferTo: heir.id }),
    ...(flags.deleteOwned === true ? { deleteOwned: true } : {}),
  };
  for (const user of users) {
    const data = await api.call('DELETE', USERS, { body: { userID: user.id, ...inheritance } });
    await out.done(data, `User ${textOf(user, 'username')} was deleted.`);
  }
}

async function resetPassword(
  context: CommandContext,
  { passwordStdin }: PasswordFlag,
  name: string,
): Promise<void> {
  const user = await userBy(context, name);
  const { password: newPassword } = await givenPassword(context, passwordStdin);
  const body = { userID: user.id, ...(newPassword === undefined ? {} : { newPassword }) };
  const data = itemOf(await context.api.call('PUT', `${USERS}/password`, { body }));
  await context.out.done(
    data,
    `The password of ${textOf(user, 'username')} must be changed at the next sign-in.`,
  );
  showOneTimePassword(context, data);
}

async function enable(context: CommandContext, _: object, name: string): Promise<void> {
  const user = await userBy(context, name);
  // One who must change the password is not disabled, and must go on having to.
  if (user.status !== DISABLED)
    return context.out.done({}, `User ${textOf(user, 'username')} is enabled already.`);
  await setStatus(context, user, ACTIVE, 'enabled');
}

async function disable(context: CommandContext, _: object, name: string): Promise<void> {
  await setStatus(context, await userBy(context, name), DISABLED, 'disabled');
}

async function setStatus(context: CommandContext, user: Item, status: number, done: string): Promise<void> {
  const data = await context.api.call('PUT', `${USERS}/permissions`, { body: { userID: user.id, status } });
  await context.out.done(data, `User ${textOf(user, 'username')} was ${done}.`);
}

async function setRoles(
  context: CommandContext,
  { none = false }: { readonly none?: boolean },
  name: string,
  roles: readonly string[],
): Promise<void> {
  if (none === roles.length > 0) {
    throw new DomainError('invalid', 'name the roles that the user is to have, or say --none');
  }
  const user = await userBy(context, name);
  const data = await context.api.call('PUT', `${USERS}/permissions`, { body: { userID: user.id, roles } });
  const now = roles.length === 0 ? 'no role' : roles.join(', ');
  await context.out.done(data, `User ${textOf(user, 'username')} now has ${now}.`);
}

async function userBy({ api }: CommandContext, nameOrId: string): Promise<Item> {
  if (isHexId(nameOrId)) return itemOf(await api.get(`${USERS}/${nameOrId}`));
  const lookup = {
    noun: 'user',
    nameKey: 'username',
    all: async () => itemsOf(await api.get(USERS), 'users'),
  };
  return namedThing(nameOrId, lookup);
}

async function givenPassword(
  { terminal }: CommandContext,
  fromStandardInput = false,
): Promise<{ readonly password?: string }> {
  if (!fromStandardInput) return {};
  const [password] = await terminal.readSecrets();
  if (password) return { password };
  throw new DomainError('invalid', 'standard input holds no password');
}

function showOneTimePassword({ out }: CommandContext, data: Item): void {
  const password = textOf(data, 'password');
  if (password === '' || !out.isForPeople) return;
  out.line(`One-time password: ${password}`);
  out.note('It is shown only now, and must be changed at the first sign-in.');
}
