import { createHmac, createPublicKey, generateKeyPairSync, type KeyLike, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';

const HOUR_SEC = 3_600;

/**
 * The tokens that the recording did not keep, made again by what it says about them. Keys are the recorded calls'
 * names.
 *
 * @param stateDir Of the agent, which has its private key there.
 */
export function forgedTokens(stateDir: string): ReadonlyMap<string, string> {
  const key = readFileSync(path.join(stateDir, 'agent-key.pem'), 'utf8');
  const publicPem = createPublicKey(key).export({ type: 'spki', format: 'pem' }).toString();
  const now = Math.floor(Date.now() / 1_000);
  const claims = {
    client_id: 'golden',
    iss: 'decision-maker-service',
    sub: 'golden',
    exp: now + HOUR_SEC,
    nbf: now,
    iat: now,
  };
  const byRsa = (digest: string, privateKey: KeyLike) => (text: string) =>
    sign(digest, Buffer.from(text), privateKey);
  const right = byRsa('RSA-SHA256', key);
  const other = generateKeyPairSync('rsa', { modulusLength: 2_048 }).privateKey;
  return new Map([
    ['auth signed by another key', jwt('RS256', claims, byRsa('RSA-SHA256', other))],
    ['auth expired', jwt('RS256', { ...claims, exp: now - HOUR_SEC }, right)],
    ['auth not yet valid', jwt('RS256', { ...claims, nbf: now + HOUR_SEC }, right)],
    ['auth issued in the future', jwt('RS256', { ...claims, iat: now + HOUR_SEC }, right)],
    [
      'auth HS256 with the public key as secret',
      jwt('HS256', claims, (text) => createHmac('sha256', publicPem).update(text).digest()),
    ],
    ['auth alg none', jwt('none', claims, () => Buffer.alloc(0))],
    ['auth RS512 by the right key', jwt('RS512', claims, byRsa('RSA-SHA512', key))],
    [
      'auth other issuer, no client_id, no exp, right key',
      jwt('RS256', { iss: 'somebody', sub: 'x', iat: now }, right),
    ],
  ]);
}

function jwt(algorithm: string, claims: object, signed: (text: string) => Buffer): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const text = `${part({ alg: algorithm, typ: 'JWT' })}.${part(claims)}`;
  return `${text}.${signed(text).toString('base64url')}`;
}

/** Header and claims of a token, in the form in which the recording has them. */
export function decodedToken(token: string): Record<string, unknown> {
  const [header = {}, claims = {}] = token
    .split('.')
    .slice(0, 2)
    .map((part) => JSON.parse(Buffer.from(part, 'base64url').toString('utf8')) as Record<string, number>);
  const { exp = 0, iat = 0, nbf = 0 } = claims as Record<string, number>;
  return { header, claims, 'exp-iat': exp - iat, 'nbf-iat': nbf - iat };
}
