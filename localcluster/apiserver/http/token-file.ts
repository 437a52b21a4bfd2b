import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { DomainError, messageOf } from '../../../shared/domain/domain-error.js';
import type { User } from './user.js';

/** Finds the user that a bearer token stands for. */
export type TokenLookup = (token: string) => User | undefined;

export const NO_TOKENS: TokenLookup = () => undefined;

/**
 * Reads a file of lines `TOKEN,user,uid,"group1,group2"`, as the real API server's --token-auth-file. Tokens are
 * kept and compared as digests only. Rejects with `invalid` for a line that cannot be read.
 */
export async function readTokenFile(file: string): Promise<TokenLookup> {
  return parseTokens(await readText(file), file);
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new DomainError('invalid', `--token-auth-file cannot be read: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

export function parseTokens(text: string, source: string): TokenLookup {
  const users = new Map<string, User>();
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    const [token = '', name = '', uid = '', groups = ''] = splitLine(line.trim());
    if (token === '' || name === '' || uid === '') {
      throw new DomainError(
        'invalid',
        `${source}: line ${index + 1} must be TOKEN,user,uid or TOKEN,user,uid,"group1,group2"`,
      );
    }
    users.set(digest(token), { name, groups: groups.split(',').filter((group) => group !== '') });
  }
  return (token) => users.get(digest(token));
}

/** Splits at commas that stand in no quotes. */
function splitLine(line: string): readonly string[] {
  const columns = line.match(/"[^"]*"|[^,]+|(?<=,)(?=,)/g) ?? [];
  return columns.map((column) => column.trim().replace(/^"|"$/g, ''));
}

function digest(token: string): string {
  return createHash('sha256').update(token).digest('base64');
}
