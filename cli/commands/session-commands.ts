import type { Command } from 'commander';
import { DomainError } from '../../shared/domain/domain-error.js';
import { itemOf, itemsOf, textOf } from '../client/answers.js';
import { withSession } from '../client/credentials-file.js';
import { EXIT, exitCodeOf } from '../exit-codes.js';
import { userStatusText } from '../output/cells.js';
import { grantColumns } from '../output/grant-columns.js';
import { action, apiCommand } from './api-command.js';
import type { CommandContext } from './command-context.js';

interface LoginFlags {
  readonly username?: string;
  readonly passwordStdin?: boolean;
  readonly oidc?: boolean;
}

/** `podium login`, `logout`, `whoami`, `token` and `password`. */
export function addSessionCommands(program: Command): void {
  apiCommand(program, 'login', 'sign in at a manager')
    .option('-u, --username <name>', 'asked for when not given')
    .option('--password-stdin', 'read the password from standard input, and a new one from its second line')
    .option('--oidc', "sign in at the manager's identity provider, in a browser")
    .action(action<[], LoginFlags>(login));
  apiCommand(program, 'logout', 'end the session')
    .option('--all', 'end every session of yours, on all machines')
    .action(action<[], { readonly all?: boolean }>(logout));
  apiCommand(program, 'whoami', 'show who you are and what you may do').action(action(whoami));
  apiCommand(program, 'token', 'print an access token that is good for a while, for other programs').action(
    action(token),
  );
  apiCommand(program, 'password', 'change your password')
    .option('--password-stdin', 'read the present password and the new one from two lines of standard input')
    .action(action<[], { readonly passwordStdin?: boolean }>(password));
}

async function login(context: CommandContext, flags: LoginFlags): Promise<void> {
  const { out, server } = context;
  if (flags.oidc === true) await (await import('./browser-sign-in.js')).signInByBrowser(context);
  else await loginByPassword(context, flags);
  // The new session, and not a token of the environment.
  const self = await context.session.get('/api/v1/users/self');
  await out.done(self, `Signed in at ${server.url} as ${textOf(itemOf(self), 'username')}.`);
  if (context.hasGivenToken) out.note('PODIUM_TOKEN is set and used instead of this session.');
}

async function loginByPassword(
  context: CommandContext,
  { username, passwordStdin = false }: LoginFlags,
): Promise<void> {
  const { passwordSource, signIn } = await import('./sign-in.js');
  const name = username ?? (await context.terminal.ask(`Username at ${context.server.url}`));
  if (name === '') throw new DomainError('invalid', 'a username is needed: --username NAME');
  await signIn(context, name, await passwordSource(context, passwordStdin));
}

async function logout(context: CommandContext, { all = false }: { readonly all?: boolean }): Promise<void> {
  const { api, credentials, server, out } = context;
  const session = (await credentials.read()).servers[server.url];
  if (session === undefined && !(all && context.hasGivenToken)) {
    return out.done({}, `You were not signed in at ${server.url}.`);
  }
  try {
    if (all) await api.call('POST', '/api/v1/auth/logout-all');
    else if (session?.refreshToken !== undefined) {
      await api.callOpen('POST', '/api/v1/auth/logout', { body: { refreshToken: session.refreshToken } });
    }
  } catch (error) {
    // Ended there already.
    if (exitCodeOf(error) !== EXIT.notSignedIn) throw error;
  } finally {
    // Also when the server could not be told: whoever asks to be signed out must be, on this machine at least.
    await credentials.change((before) => withSession(before, server.url, undefined));
  }
  await out.done({}, `Signed out at ${server.url}${all ? ', everywhere' : ''}.`);
}

async function whoami({ api, out, server }: CommandContext): Promise<void> {
  const self = itemOf(await api.get('/api/v1/users/self'));
  const permissions = itemsOf(await api.get('/api/v1/users/self/permissions'), 'permissions');
  const data = { ...self, permissions };
  await out.item(data, self, [
    { title: 'server', of: () => server.url },
    { title: 'username', of: 'username' },
    { title: 'id', of: 'id' },
    { title: 'status', of: userStatusText },
    { title: 'roles', of: 'roles' },
  ]);
  if (!out.isForPeople) return;
  out.raw('\n');
  const grants = permissions.flatMap((permission) =>
    itemsOf(permission, 'grants').map((grant) => ({ ...grant, permissionKey: permission.permissionKey })),
  );
  await out.list(
    undefined,
    grants,
    grantColumns,
    'You may do nothing: an administrator can give you a role.',
  );
}

async function token({ tokens, out }: CommandContext): Promise<void> {
  const accessToken = await tokens.current();
  if (out.isForPeople) out.raw(`${accessToken}\n`);
  else await out.done({ accessToken }, '');
}

async function password(
  context: CommandContext,
  { passwordStdin = false }: { readonly passwordStdin?: boolean },
): Promise<void> {
  const { changePassword, passwordSource } = await import('./sign-in.js');
  // Asked of the session, now: not after three questions, when nobody is signed in.
  const username = await ownName(context);
  const passwords = await passwordSource(context, passwordStdin);
  const present = await passwords.current('Present password');
  await changePassword(context, username, present, await passwords.next('New password'));
  await context.out.done({}, 'Changed. Every other session of yours has ended.');
}

/** From what is kept: whoever must change the password may not ask the server. */
async function ownName({ credentials, server, session }: CommandContext): Promise<string> {
  const kept = (await credentials.read()).servers[server.url]?.username;
  return kept ?? textOf(itemOf(await session.get('/api/v1/users/self')), 'username');
}
