import { DomainError } from '../../shared/domain/domain-error.js';
import { systemClock } from '../../shared/lifecycle/clock.js';
import { withSession } from '../client/credentials-file.js';
import { continued } from '../client/saved-tokens.js';
import { type Tokens, tokenClaims, tokensOf } from '../client/tokens.js';
import type { CommandContext } from './command-context.js';

/** Where passwords come from: asked for, or the lines of standard input in the order they are needed. */
export interface PasswordSource {
  current(question: string): Promise<string>;
  next(question: string): Promise<string>;
}

export async function passwordSource(
  { terminal }: CommandContext,
  fromStandardInput: boolean,
): Promise<PasswordSource> {
  if (fromStandardInput) {
    const lines = [...(await terminal.readSecrets())];
    const line = async (what: string): Promise<string> => {
      const password = lines.shift();
      if (password) return password;
      throw new DomainError('invalid', `standard input ended where the ${what.toLowerCase()} should be`);
    };
    return { current: line, next: line };
  }
  return {
    current: (question) => terminal.askSecret(question),
    next: async (question) => {
      const password = await terminal.askSecret(question);
      if ((await terminal.askSecret(`${question}, again`)) === password) return password;
      throw new DomainError('invalid', 'the two passwords are not the same: nothing was changed');
    },
  };
}

/** Signs in with a password and keeps the session. Asks for a new password where the server wants one first. */
export async function signIn(
  context: CommandContext,
  username: string,
  passwords: PasswordSource,
): Promise<void> {
  const password = await passwords.current('Password');
  const tokens = await login(context, username, password);
  await keepSession(context, username, tokens);
  if (tokenClaims(tokens.accessToken).needChangePassword !== true) return;
  context.out.note('The password must be changed before anything else.');
  await changePassword(context, username, password, await passwords.next('New password'));
}

/**
 * Changes the own password. The server ends every session that there was: one with the new password takes the place
 * of the one that is kept.
 */
export async function changePassword(
  context: CommandContext,
  username: string,
  oldPassword: string,
  newPassword: string,
): Promise<void> {
  const { session } = context;
  await session.call('PUT', '/api/v1/users/self/password', { body: { oldPassword, newPassword } });
  await keepSession(context, username, await login(context, username, newPassword));
}

export async function keepSession(context: CommandContext, username: string, tokens: Tokens): Promise<void> {
  const { credentials, server, trust } = context;
  const session = continued(
    {
      username,
      ...(trust.caFile === undefined ? {} : { caFile: trust.caFile }),
      ...(trust.insecureHttp ? { insecureHttp: true } : {}),
    },
    tokens,
    systemClock.now(),
  );
  await credentials.change((before) => ({
    ...withSession(before, server.url, session),
    current: server.url,
  }));
}

async function login({ api }: CommandContext, username: string, password: string): Promise<Tokens> {
  return tokensOf(await api.callOpen('POST', '/api/v1/auth/login', { body: { username, password } }));
}
