import type { KeyObject } from 'node:crypto';
import { stat, unlink } from 'node:fs/promises';
import path from 'node:path';
import {
  keyId,
  privateKeyFromPem,
  publicHalf,
  publicKeyFromPem,
  toPkcs8Pem,
  toSpkiPem,
} from '../../../shared/auth/keys.js';
import { DomainError, messageOf } from '../../../shared/domain/domain-error.js';
import { readIfPresent } from '../../../shared/files/read-if-present.js';
import { writeFileDurably } from '../../../shared/files/write-file-durably.js';
import type { SigningKeyTimes } from '../../domain/signing-keys.js';

/** A key with what is kept of it: one that signs no more has lost its private half. */
export interface RingKey extends SigningKeyTimes {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject | undefined;
}

const RING_FILE = 'signing-keys.json';
/** Where the only key was before there was a ring. */
const SINGLE_KEY_FILE = 'signing-key.pem';

interface StoredKey {
  readonly createdTime: number;
  readonly activatesTime: number;
  readonly pem: string;
}

export function ringKey(key: KeyObject, createdTime: number, activatesTime: number): RingKey {
  const privateKey = key.type === 'private' ? key : undefined;
  return { kid: keyId(key), createdTime, activatesTime, publicKey: publicHalf(key), privateKey };
}

/**
 * All keys in one file of the state folder, mode 0600, replaced as a whole: there is no state between two keys for a
 * crash to leave behind.
 */
export class KeyRingFile {
  readonly #folder: string;
  readonly #file: string;

  constructor(folder: string) {
    this.#folder = folder;
    this.#file = path.join(folder, RING_FILE);
  }

  /**
   * The stored keys; none at the first start. A file that holds something else is refused rather than replaced: every
   * token would die, and agents would take no manager for theirs.
   */
  async read(): Promise<readonly RingKey[]> {
    const text = await readIfPresent(this.#file);
    if (text === undefined) return this.#singleKey();
    let keys: RingKey[];
    try {
      const { keys: stored } = JSON.parse(text) as { readonly keys: readonly StoredKey[] };
      keys = stored.map((key) => this.#parsed(key));
    } catch (error) {
      throw this.#unreadable(messageOf(error));
    }
    if (!keys.some(({ privateKey }) => privateKey !== undefined))
      throw this.#unreadable('no key of it can sign');
    return keys;
  }

  async write(keys: readonly RingKey[]): Promise<void> {
    const stored = keys.map(({ createdTime, activatesTime, publicKey, privateKey }): StoredKey => {
      const pem = privateKey === undefined ? toSpkiPem(publicKey) : toPkcs8Pem(privateKey);
      return { createdTime, activatesTime, pem };
    });
    await writeFileDurably(this.#file, `${JSON.stringify({ keys: stored }, null, 2)}\n`, 0o600);
    if ((await this.#singleKey()).some(({ kid }) => keys.some((key) => key.kid === kid))) {
      await unlink(path.join(this.#folder, SINGLE_KEY_FILE));
    }
  }

  async #singleKey(): Promise<RingKey[]> {
    const file = path.join(this.#folder, SINGLE_KEY_FILE);
    const pem = await readIfPresent(file);
    if (pem === undefined) return [];
    const writtenAtMs = Math.floor((await stat(file)).mtimeMs);
    return [ringKey(privateKeyFromPem(pem, file), writtenAtMs, writtenAtMs)];
  }

  #parsed({ createdTime, activatesTime, pem }: StoredKey): RingKey {
    if (!Number.isSafeInteger(createdTime) || !Number.isSafeInteger(activatesTime)) {
      throw new DomainError('invalid', 'a key has no times');
    }
    const read = pem.includes('PRIVATE KEY') ? privateKeyFromPem : publicKeyFromPem;
    return ringKey(read(pem, this.#file), createdTime, activatesTime);
  }

  #unreadable(reason: string): DomainError {
    return new DomainError(
      'invalid',
      `${this.#file} cannot be used (${reason}): put back the file that was there, or remove it to begin with a new ` +
        'key, which ends every session and which the agents must be given',
    );
  }
}
