import type { KeyObject } from 'node:crypto';
import path from 'node:path';
import { loadOrCreateKey } from '../../../shared/auth/key-file.js';
import { privateKeyFromPem, toSpkiPem } from '../../../shared/auth/keys.js';
import { writeFileDurably } from '../../../shared/files/write-file-durably.js';
import type { AgentKey } from '../../ports/agent-key.js';

const PRIVATE_KEY_FILE = 'agent-key.pem';
const PUBLIC_KEY_FILE = 'public-key.pem';
/** Everybody may read the public key; asking for a token with it is allowed on this machine only. */
const PUBLIC_MODE = 0o644;

/** The key in the state folder, or the configured one; its public half stands beside it for the scheduler. */
export class AgentKeyFile implements AgentKey {
  readonly #folder: string;
  readonly #configuredPem: string;
  #key: KeyObject | undefined;

  /** @param configuredPem Empty = a key of the agent's own. */
  constructor(folder: string, configuredPem: string) {
    this.#folder = folder;
    this.#configuredPem = configuredPem;
  }

  /** Resolves with the path of the public key. */
  async load(): Promise<string> {
    this.#key =
      this.#configuredPem === ''
        ? (await loadOrCreateKey(path.join(this.#folder, PRIVATE_KEY_FILE))).key
        : privateKeyFromPem(this.#configuredPem, 'token.rsa_private_key_pem');
    const publicKeyFile = path.join(this.#folder, PUBLIC_KEY_FILE);
    await writeFileDurably(publicKeyFile, toSpkiPem(this.#key), PUBLIC_MODE);
    return publicKeyFile;
  }

  privateKey(): KeyObject {
    if (this.#key === undefined) throw new Error('the key is not loaded yet');
    return this.#key;
  }
}
