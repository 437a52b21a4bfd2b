import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { generateRsaKey, toPkcs8Pem, toSpkiPem } from '../../../shared/auth/keys.js';

/** What an API server needs to know whom it talks to. */
export interface ServerCredentials {
  /** Of a member of system:masters, whom RBAC allows everything. */
  readonly adminToken: string;
  /** That token and whose it is, in the CSV of `--token-auth-file`. */
  readonly tokenFile: string;
  /** RSA pair, PEM, for the tokens of service accounts. */
  readonly serviceAccountKeyFile: string;
  readonly serviceAccountPublicKeyFile: string;
}

/** Makes credentials for one run, in files that only their owner can read. */
export async function createServerCredentials(folder: string): Promise<ServerCredentials> {
  const adminToken = randomBytes(32).toString('hex');
  const serviceAccountKey = await generateRsaKey();
  const write = async (name: string, content: string) => {
    const file = path.join(folder, name);
    await writeFile(file, content, { mode: 0o600 });
    return file;
  };
  return {
    adminToken,
    tokenFile: await write('tokens.csv', `${adminToken},admin,admin-uid,"system:masters"\n`),
    serviceAccountKeyFile: await write('service-accounts.key', toPkcs8Pem(serviceAccountKey)),
    serviceAccountPublicKeyFile: await write('service-accounts.pub', toSpkiPem(serviceAccountKey)),
  };
}
