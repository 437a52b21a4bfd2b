import { createHmac, createPublicKey, generateKeyPairSync, type KeyLike, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';

const HOUR_SEC = 3_600;
const YEAR_SEC = 365 * 24 * HOUR_SEC;

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

type Sign = (text: string) => Buffer;

function byRsa(digest: string, privateKey: KeyLike): Sign {
  return (text) => sign(digest, Buffer.from(text), privateKey);
}

/**
 * The same for calls to a manager: its own token with what the call's name says altered. Undefined for a call whose
 * token is as it was given.
 *
 * @param key The one that signed the token, PEM.
 */
export function forgedManagerToken(call: string, token: string, key: string): string | undefined {
  const { header, claims } = decodedToken(token) as Record<'header' | 'claims', Record<string, unknown>>;
  const now = Math.floor(Date.now() / 1_000);
  const right = byRsa('RSA-SHA256', key);
  const altered = (changes: object, algorithm = 'RS256', signed: Sign = right) =>
    signedJwt({ ...header, alg: algorithm }, { ...claims, ...changes }, signed);
  const publicPem = createPublicKey(key).export({ type: 'spki', format: 'pem' }).toString();
  const forgeries: Readonly<Record<string, () => string>> = {
    'auth token forged by the right key, long life': () => altered({ exp: now + YEAR_SEC }),
    'auth token RS512 right key': () => altered({}, 'RS512', byRsa('RSA-SHA512', key)),
    'auth token other key': () =>
      altered(
        {},
        'RS256',
        byRsa('RSA-SHA256', generateKeyPairSync('rsa', { modulusLength: 2_048 }).privateKey),
      ),
    'auth token expired': () => altered({ exp: now - HOUR_SEC }),
    'auth token not yet valid': () => altered({ nbf: now + HOUR_SEC }),
    'auth token no exp': () => altered({ exp: undefined }),
    'auth token other issuer': () => altered({ iss: 'somebody' }),
    'auth token HS256': () =>
      altered({}, 'HS256', (text) => createHmac('sha256', publicPem).update(text).digest()),
    'auth token alg none': () => altered({}, 'none', () => Buffer.alloc(0)),
    'auth token unknown uid': () => altered({ uid: 'f'.repeat(24), sub: 'f'.repeat(24) }),
    'auth token malformed uid': () => altered({ uid: 'zz' }),
    'auth token no uid': () => altered({ uid: undefined }),
    'auth token uid number': () => altered({ uid: 5 }),
    'auth token other tokenVersion': () => altered({ tokenVersion: 99 }),
    'auth token tokenType refresh': () => altered({ tokenType: 'refresh' }),
    'auth token no tokenType': () => altered({ tokenType: undefined }),
    'auth token needChangePassword true': () => altered({ needChangePassword: true }),
    'refresh unknown jti': () => altered({ jti: 'e'.repeat(32) }),
  };
  return forgeries[call]?.();
}

function jwt(algorithm: string, claims: object, signed: Sign): string {
  return signedJwt({ alg: algorithm, typ: 'JWT' }, claims, signed);
}

function signedJwt(header: object, claims: object, signed: Sign): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const text = `${part(header)}.${part(claims)}`;
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
