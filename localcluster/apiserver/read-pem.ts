import { readFile } from 'node:fs/promises';
import { DomainError, messageOf } from '../../shared/domain/domain-error.js';

/** The text of a file that a flag names. Rejects with `invalid` and the flag when it cannot be read. */
export async function readPem(flag: string, file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new DomainError('invalid', `${flag} cannot be read: ${messageOf(error)}`, { cause: error });
  }
}
