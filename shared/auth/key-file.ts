import type { KeyObject } from 'node:crypto';
import { chmod, readFile } from 'node:fs/promises';
import { errnoOf } from '../files/read-if-present.js';
import { writeFileDurably } from '../files/write-file-durably.js';
import { generateRsaKey, privateKeyFromPem, toPkcs8Pem } from './keys.js';

/**
 * The RSA private key kept in a file, made there at the first call. A file that holds something else is refused
 * rather than replaced: whoever trusts the key would silently stop doing so.
 */
export async function loadOrCreateKey(file: string): Promise<{ key: KeyObject; created: boolean }> {
  let pem: string;
  try {
    pem = await readFile(file, 'utf8');
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error;
    const key = await generateRsaKey();
    await writeFileDurably(file, toPkcs8Pem(key), 0o600);
    return { key, created: true };
  }
  await chmod(file, 0o600);
  return { key: privateKeyFromPem(pem, file), created: false };
}
