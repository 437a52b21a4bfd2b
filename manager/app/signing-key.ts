import type { KeyObject } from 'node:crypto';
import path from 'node:path';
import { loadOrCreateKey } from '../../shared/auth/key-file.js';
import { privateKeyFromPem, toJwks } from '../../shared/auth/keys.js';
import { writeFileDurably } from '../../shared/files/write-file-durably.js';

export interface SigningKeySettings {
  readonly stateFolder: string;
  /** Empty = the key in the state folder, made at the first start. */
  readonly configuredPem: string;
}

const KEY_FILE = 'signing-key.pem';
/** The public half, for the agents' `auth.manager_jwks_file`. */
export const JWKS_FILE = 'jwks.json';

/** The key that signs users' and agents' tokens; its public half is written beside it for the agents. */
export async function loadSigningKey({ stateFolder, configuredPem }: SigningKeySettings): Promise<KeyObject> {
  const key =
    configuredPem === ''
      ? (await loadOrCreateKey(path.join(stateFolder, KEY_FILE))).key
      : privateKeyFromPem(configuredPem, 'key.rsa_private_key_pem');
  await writeFileDurably(
    path.join(stateFolder, JWKS_FILE),
    `${JSON.stringify(toJwks([key]), null, 2)}\n`,
    0o644,
  );
  return key;
}
