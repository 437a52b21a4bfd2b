import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const ALGORITHM = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Values that a browser keeps for us without being able to read or change them. The key lives as long as the process:
 * what it sealed is good for minutes anyway.
 */
export class SealedText<Value> {
  readonly #key = randomBytes(32);
  readonly #purpose: Buffer;

  /** @param purpose What is sealed for one purpose opens for no other, whoever has the key. */
  constructor(purpose: string) {
    this.#purpose = Buffer.from(purpose);
  }

  seal(value: Value): string {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(ALGORITHM, this.#key, nonce).setAAD(this.#purpose);
    const sealed = [cipher.update(JSON.stringify(value), 'utf8'), cipher.final()];
    return Buffer.concat([nonce, ...sealed, cipher.getAuthTag()]).toString('base64url');
  }

  /** Undefined for whatever was not sealed here. */
  open(text: string): Value | undefined {
    const bytes = Buffer.from(text, 'base64url');
    if (bytes.length < NONCE_BYTES + TAG_BYTES) return undefined;
    const decipher = createDecipheriv(ALGORITHM, this.#key, bytes.subarray(0, NONCE_BYTES), {
      authTagLength: TAG_BYTES,
    });
    decipher.setAAD(this.#purpose).setAuthTag(bytes.subarray(-TAG_BYTES));
    try {
      const opened = [decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()];
      return JSON.parse(Buffer.concat(opened).toString('utf8')) as Value;
    } catch {
      return undefined;
    }
  }
}
