import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPair,
  type JsonWebKey,
  type KeyObject,
} from 'node:crypto';
import { promisify } from 'node:util';
import { DomainError } from '../domain/domain-error.js';
import { isPublishedKey, PUBLISHED_KEY_REASON } from '../domain/published-keys.js';

/** RFC 7518 3.3 asks for 2048 bits or more. */
export const SMALLEST_RSA_BITS = 2048;

/** A JWKS document (RFC 7517 5) of RSA signature keys. */
export interface JsonWebKeySet {
  readonly keys: readonly (JsonWebKey & { readonly kid: string })[];
}

/**
 * Reads an RSA private key in PKCS#1 or PKCS#8 PEM. A key that everybody has is none.
 *
 * @param published As isPublishedKey takes it.
 */
export function privateKeyFromPem(pem: string, where: string, published?: ReadonlySet<string>): KeyObject {
  const expected = 'an RSA private key in PKCS#1 or PKCS#8 PEM';
  return rsaKey({ pem, read: () => createPrivateKey(pem), expected, where, published });
}

/** Reads an RSA public key in SPKI or PKCS#1 PEM. */
export function publicKeyFromPem(pem: string, where: string, published?: ReadonlySet<string>): KeyObject {
  const expected = 'an RSA public key in SPKI or PKCS#1 PEM';
  // createPublicKey would also take a private key and derive the public half: not what a caller may send.
  if (pem.includes('PRIVATE KEY')) throw wrongKey(expected, where, 'found a private key');
  return rsaKey({ pem, read: () => createPublicKey(pem), expected, where, published });
}

interface KeyText {
  readonly pem: string;
  readonly read: () => KeyObject;
  readonly expected: string;
  readonly where: string;
  readonly published: ReadonlySet<string> | undefined;
}

function rsaKey({ pem, read, expected, where, published }: KeyText): KeyObject {
  let key: KeyObject;
  try {
    key = read();
  } catch {
    throw wrongKey(expected, where, whatIsWrongWith(pem));
  }
  if (key.asymmetricKeyType !== 'rsa') throw wrongKey(expected, where, `found ${key.asymmetricKeyType}`);
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
  if (bits < SMALLEST_RSA_BITS) {
    throw wrongKey(`${expected} of at least ${SMALLEST_RSA_BITS} bits`, where, `found ${bits} bits`);
  }
  if (isPublishedKey(key, published)) {
    throw new DomainError('invalid', `${where} ${PUBLISHED_KEY_REASON}`, {
      details: [{ field: where, reason: PUBLISHED_KEY_REASON }],
    });
  }
  return key;
}

/** In words that help, which those of OpenSSL do not; no part of the text, which may be a secret. */
function whatIsWrongWith(pem: string): string {
  if (/ENCRYPTED/.test(pem)) return 'found an encrypted key: give one without a passphrase';
  if (/^\s*-{5}BEGIN [^\n]*\\n/.test(pem)) return 'found "\\n" as two characters: give real line ends';
  if (/-{5}BEGIN (RSA )?PUBLIC KEY/.test(pem)) return 'found a public key, or one that is damaged';
  if (/-{5}BEGIN /.test(pem))
    return 'found a PEM text that cannot be read: it is damaged, or of another kind';
  return 'found no PEM text, which begins with five dashes and "BEGIN"';
}

function wrongKey(expected: string, where: string, found: string): DomainError {
  return new DomainError('invalid', `${where} must be ${expected}: ${found}`, {
    details: [{ field: where, reason: `must be ${expected}: ${found}` }],
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

/**
 * The RSA keys of a JWKS document by id; other keys and unusable entries are left out, as RFC 7517 5 asks, and so are
 * keys that everybody has.
 */
export function keysFromJwks(
  document: unknown,
  where: string,
  published?: ReadonlySet<string>,
): ReadonlyMap<string, KeyObject> {
  const list = (document as { keys?: unknown } | null)?.keys;
  if (!Array.isArray(list)) {
    throw new DomainError('invalid', `${where} must be a JWKS document with a list of keys`);
  }
  const keys = new Map<string, KeyObject>();
  for (const entry of list) {
    if (typeof entry?.kid !== 'string' || entry.kty !== 'RSA') continue;
    try {
      const key = createPublicKey({ key: { kty: 'RSA', n: entry.n, e: entry.e }, format: 'jwk' });
      const isLong = (key.asymmetricKeyDetails?.modulusLength ?? 0) >= SMALLEST_RSA_BITS;
      if (isLong && !isPublishedKey(key, published)) keys.set(entry.kid, key);
    } catch {
      // One unusable entry does not take the others' trust away.
    }
  }
  return keys;
}
