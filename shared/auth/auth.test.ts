import { createHmac, createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { publicKeyFingerprint } from '../domain/published-keys.js';
import { loadOrCreateKey } from './key-file.js';
import {
  generateRsaKey,
  keyId,
  keysFromJwks,
  privateKeyFromPem,
  publicHalf,
  publicKeyFromPem,
  samePublicKey,
  toJwks,
  toPkcs8Pem,
  toSpkiPem,
} from './keys.js';
import { TokenIssuer } from './token-issuer.js';
import { verifyToken } from './token-verifier.js';

const key = await generateRsaKey();
const otherKey = await generateRsaKey();
const now = () => 1_800_000_000_000;

function verifier(overrides: Partial<Parameters<typeof verifyToken>[1]> = {}) {
  return { keyFor: () => publicHalf(key), issuer: 'podium', audience: 'agent:n1', now, ...overrides };
}

describe('keys', () => {
  it('reads PKCS#1, PKCS#8 and SPKI, with any line ends', () => {
    const pkcs1 = key.export({ type: 'pkcs1', format: 'pem' }).toString();
    const spki = toSpkiPem(key).replaceAll('\n', '\r\n').trim();

    expect(samePublicKey(privateKeyFromPem(pkcs1, 'x'), key)).toBe(true);
    expect(samePublicKey(privateKeyFromPem(toPkcs8Pem(key), 'x'), key)).toBe(true);
    expect(samePublicKey(publicKeyFromPem(spki, 'x'), key)).toBe(true);
    expect(samePublicKey(publicKeyFromPem(spki, 'x'), otherKey)).toBe(false);
  });

  it('refuses what is no RSA key of 2048 bits, and says what was expected', () => {
    const small = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey;
    const curve = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;

    expect(() => privateKeyFromPem('hello', 'key.rsa_private_key_pem')).toThrow('key.rsa_private_key_pem');
    expect(() => privateKeyFromPem(toPkcs8Pem(small), 'x')).toThrow('found 1024 bits');
    expect(() => privateKeyFromPem(toPkcs8Pem(curve), 'x')).toThrow('found ec');
    expect(() => publicKeyFromPem(toPkcs8Pem(key), 'x')).toThrow('found a private key');
  });

  it.each([
    [
      'an encrypted key',
      () => key.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' }).toString(),
      'without a passphrase',
    ],
    ['a public key', () => toSpkiPem(key), 'found a public key'],
    ['line ends as two characters', () => toPkcs8Pem(key).replaceAll('\n', '\\n'), 'give real line ends'],
    ['a damaged text', () => toPkcs8Pem(key).slice(0, 300), 'it is damaged'],
    ['no PEM text', () => 'secret', 'found no PEM text'],
  ])('says what is wrong with %s, and shows nothing of it', (_title, pem, words) => {
    let message = '';
    try {
      privateKeyFromPem(pem(), 'x');
    } catch (error) {
      message = (error as Error).message;
    }

    expect(message).toContain(words);
    expect(message).not.toContain(pem().slice(100, 120) || 'secret');
  });

  it('takes no key that everybody has', () => {
    const published = new Set([publicKeyFingerprint(key)]);

    expect(() => privateKeyFromPem(toPkcs8Pem(key), 'x', published)).toThrow('x is a sample key');
    expect(() => publicKeyFromPem(toSpkiPem(key), 'x', published)).toThrow('x is a sample key');
    expect([...keysFromJwks(toJwks([key, otherKey]), 'jwks', published).keys()]).toEqual([keyId(otherKey)]);
  });

  it('keeps a key through a JWKS document, and its id', () => {
    const keys = keysFromJwks(JSON.parse(JSON.stringify(toJwks([key, otherKey]))), 'jwks');

    expect([...keys.keys()]).toEqual([keyId(key), keyId(otherKey)]);
    expect(samePublicKey(keys.get(keyId(key)) ?? otherKey, key)).toBe(true);
  });

  it('skips unusable entries of a JWKS document and refuses what is none', () => {
    const entries = [{ kid: 'a', kty: 'oct', k: 'x' }, { kid: 'b', kty: 'RSA' }, null, ...toJwks([key]).keys];

    expect([...keysFromJwks({ keys: entries }, 'jwks').keys()]).toEqual([keyId(key)]);
    expect(() => keysFromJwks([], 'jwks.json')).toThrow('jwks.json must be a JWKS document');
  });
});

describe('loadOrCreateKey', () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'podium-test-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('makes a key once, readable by its owner only, and finds it again', async () => {
    const file = path.join(folder, 'key.pem');

    const first = await loadOrCreateKey(file);
    const second = await loadOrCreateKey(file);

    expect([first.created, second.created]).toEqual([true, false]);
    expect(samePublicKey(first.key, second.key)).toBe(true);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(createPrivateKey(await readFile(file, 'utf8')).asymmetricKeyType).toBe('rsa');
  });

  it('refuses a file that holds something else and leaves it alone', async () => {
    const file = path.join(folder, 'key.pem');
    await writeFile(file, 'precious');

    await expect(loadOrCreateKey(file)).rejects.toThrow(file);
    expect(await readFile(file, 'utf8')).toBe('precious');
  });
});

describe('tokens', () => {
  const issuer = new TokenIssuer(key, 'podium', now);
  const request = { subject: 's', audience: 'agent:n1', lifetimeSec: 300, claims: { role: 'x' } };

  it('carries claims from issuer to verifier, with times in seconds', async () => {
    const { token, expiresAtSec } = await issuer.issue(request);

    expect(await verifyToken(token, verifier())).toMatchObject({
      iss: 'podium',
      sub: 's',
      aud: 'agent:n1',
      role: 'x',
      iat: 1_800_000_000,
      exp: 1_800_000_300,
    });
    expect(expiresAtSec).toBe(1_800_000_300);
  });

  it.each([
    ['another audience', { audience: 'agent:n2' }],
    ['another issuer', { issuer: 'somebody' }],
    ['another key', { keyFor: () => publicHalf(otherKey) }],
    ['an unknown kid', { keyFor: () => undefined }],
    ['a time after its end', { now: () => now() + 331_000 }],
    ['a time before its start', { now: () => now() - 31_000 }],
  ])('is refused for %s', async (_title, overrides) => {
    const { token } = await issuer.issue(request);

    await expect(verifyToken(token, verifier(overrides))).rejects.toMatchObject({ code: 'unauthenticated' });
  });

  it('takes no other algorithm: none, HS256 with the public key as secret', async () => {
    const { token } = await issuer.issue(request);
    const payload = token.split('.')[1];
    const header = (alg: string) =>
      Buffer.from(JSON.stringify({ alg, kid: keyId(key) })).toString('base64url');
    const hs256 = `${header('HS256')}.${payload}`;
    const signature = createHmac('sha256', toSpkiPem(key)).update(hs256).digest('base64url');

    for (const forged of [
      `${header('none')}.${payload}.`,
      `${hs256}.${signature}`,
      'a.b.c',
      '',
      token.slice(0, -2),
    ]) {
      await expect(verifyToken(forged, verifier())).rejects.toMatchObject({ code: 'unauthenticated' });
    }
  });

  it('refuses whatever a caller may send, always in the same way', async () => {
    const { token } = await issuer.issue(request);
    const mutated = fc
      .tuple(fc.nat(token.length), fc.string({ maxLength: 5, unit: 'binary' }))
      .map(([at, text]) => token.slice(0, at) + text + token.slice(at + 1 + text.length));

    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string({ unit: 'binary' }), mutated), async (forged) => {
        fc.pre(forged !== token);
        await expect(verifyToken(forged, verifier())).rejects.toMatchObject({ code: 'unauthenticated' });
      }),
    );
  });
});
