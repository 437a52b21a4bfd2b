import { createHash, createPublicKey, type KeyObject } from 'node:crypto';

/**
 * Keys whose private half everybody can read, by the SHA-256 (lower-case hex) of their public half in SPKI DER. All of
 * them stand in the repositories, images and charts of the first implementation (contract 7.4, 41).
 */
const PUBLISHED_KEYS: ReadonlySet<string> = new Set([
  // RSA, 4096 bits: Gthulhu/api config/dm_config.default.toml, config/manager_config.test.toml and
  // config/jwt_public_key.pem; Gthulhu/chart gthulhu/templates/configmap.yaml. RFC 7638 thumbprint:
  // ZN045Tt13k0VcGaoEyYN8hJ5pCJ4hBtE-wFv3pNilhc.
  '2b5e212330e3630621eb4e682740d11bee557b901839cb3db8b94918b7295fc1',
  // EC P-256, of the certificates in Gthulhu/chart gthulhu/certs: the authority (ca.crt), which could sign a client…
  '5d3b49365c4d5882fd56dc2075f5ae64d5cb53fe748e9b750d0a5e26dc5cbb90',
  // …the decision makers' (dm.crt) and the manager's (manager.crt).
  '850fe1378b8e4405a335341292edefcd3d1f8d4279fde0312cb5c359f624fd18',
  'a1285adae77c192ea11d5ec7eb331f24ccca2ea4718ac2b47f6c7542c805c1ec',
]);

/** What a refusal says of such a key. */
export const PUBLISHED_KEY_REASON =
  'is a sample key of the first implementation, whose private half everybody can read: make a key of your own';

/**
 * Whether the private half of this key, of which either half is given, is known to everybody.
 *
 * @param published Another list, for tests: the private halves of ours are nothing to keep.
 */
export function isPublishedKey(key: KeyObject, published: ReadonlySet<string> = PUBLISHED_KEYS): boolean {
  return published.has(publicKeyFingerprint(key));
}

/** SHA-256 (lower-case hex) of the public half in SPKI DER. */
export function publicKeyFingerprint(key: KeyObject): string {
  const publicKey = key.type === 'private' ? createPublicKey(key) : key;
  return createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('hex');
}
