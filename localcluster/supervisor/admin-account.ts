import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { readIfPresent } from '../../shared/files/read-if-present.js';

export interface AdminAccount {
  readonly username: string;
  readonly password: string;
}

/** The administrator of a local cluster; the password stays the same as long as its state folder does. */
export async function adminAccount(passwordFile: string): Promise<AdminAccount> {
  const username = 'admin';
  const kept = await readIfPresent(passwordFile);
  if (kept !== undefined) return { username, password: kept.trim() };
  const password = randomBytes(18).toString('base64url');
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
  return { username, password };
}
