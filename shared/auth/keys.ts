import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPair,
  type JsonWebKey,
  type KeyObject,
} from 'node:crypto';
import { promisify } from 'node:util';
import { DomainError, messageOf } from '../domain/domain-error.js';

/** RFC 7518 3.3 asks for 2048 bits or more. */
export const SMALLEST_RSA_BITS = 2048;

/** A JWKS document (RFC 7517 5) of RSA signature keys. */
export interface JsonWebKeySet {
  readonly keys: readonly (JsonWebKey & { readonly kid: string })[];
}

/** Reads an RSA private key in PKCS#1 or PKCS#8 PEM. */
export function privateKeyFromPem(pem: string, where: string): KeyObject {
  return rsaKey(() => createPrivateKey(pem), 'an RSA private key in PKCS#1 or PKCS#8 PEM', where);
}

/** Reads an RSA public key in SPKI or PKCS#1 PEM. */
export function publicKeyFromPem(pem: string, where: string): KeyObject {
  // createPublicKey would also take a private key and derive the public half: not what a caller may send.
  if (pem.includes('PRIVATE KEY')) throw wrongKey('an RSA public key', where, 'found a private key');
  return rsaKey(() => createPublicKey(pem), 'an RSA public key in SPKI or PKCS#1 PEM', where);
}

function rsaKey(read: () => KeyObject, expected: string, where: string): KeyObject {
  let key: KeyObject;
  try {
    key = read();
  } catch (error) {
    throw wrongKey(expected, where, messageOf(error));
  }
  if (key.asymmetricKeyType !== 'rsa') throw wrongKey(expected, where, `found ${key.asymmetricKeyType}`);
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
  if (bits < SMALLEST_RSA_BITS) {
    throw wrongKey(`${expected} of at least ${SMALLEST_RSA_BITS} bits`, where, `found ${bits} bits`);
  }
  return key;
}

function wrongKey(expected: string, where: string, found: string): DomainError {
  return new DomainError('invalid', `${where} must be ${expected}: ${found}`, {
    details: [{ field: where, reason: `must be ${expected}` }],
  });
}

export async function generateRsaKey(): Promise<KeyObject> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: SMALLEST_RSA_BITS });
  return privateKey;
}

/** The public half, of either half. */
export function publicHalf(key: KeyObject): KeyObject {
  return key.type === 'public' ? key : createPublicKey(key);
}

export function toSpkiPem(key: KeyObject): string {
  return publicHalf(key).export({ type: 'spki', format: 'pem' }).toString();
}

export function toPkcs8Pem(privateKey: KeyObject): string {
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

export function samePublicKey(a: KeyObject, b: KeyObject): boolean {
  return publicHalf(a).equals(publicHalf(b));
}

/** The key's id: its RFC 7638 thumbprint, so the same key has the same id everywhere. */
export function keyId(key: KeyObject): string {
  const { e, kty, n } = publicHalf(key).export({ format: 'jwk' });
  return createHash('sha256').update(JSON.stringify({ e, kty, n })).digest('base64url');
}

export function toJwks(publicKeys: readonly KeyObject[]): JsonWebKeySet {
  return {
    keys: publicKeys.map((key) => ({
      ...publicHalf(key).export({ format: 'jwk' }),
      kid: keyId(key),
      alg: 'RS256',
      use: 'sig',
    })),
  };
}

/** The RSA keys of a JWKS document by id; other keys and unusable entries are left out, as RFC 7517 5 asks. */
export function keysFromJwks(document: unknown, where: string): ReadonlyMap<string, KeyObject> {
  const list = (document as { keys?: unknown } | null)?.keys;
  if (!Array.isArray(list)) {
    throw new DomainError('invalid', `${where} must be a JWKS document with a list of keys`);
  }
  const keys = new Map<string, KeyObject>();
  for (const entry of list) {
    if (typeof entry?.kid !== 'string' || entry.kty !== 'RSA') continue;
    try {
      const key = createPublicKey({ key: { kty: 'RSA', n: entry.n, e: entry.e }, format: 'jwk' });
      if ((key.asymmetricKeyDetails?.modulusLength ?? 0) >= SMALLEST_RSA_BITS) keys.set(entry.kid, key);
    } catch {
      // One unusable entry does not take the others' trust away.
    }
  }
  return keys;
}
