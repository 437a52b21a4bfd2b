import { type KeyObject, sign, verify } from 'node:crypto';

type Claims = Readonly<Record<string, unknown>>;

/** The digest of each RSA method; the first generation takes any of them. */
const DIGESTS: Readonly<Record<string, string>> = { RS256: 'sha256', RS384: 'sha384', RS512: 'sha512' };

/** A token as the first generation's library writes it: no key id. */
export function signedToken(claims: Claims, key: KeyObject, alg = 'RS256'): string {
  const input = `${encoded({ alg, typ: 'JWT' })}.${encoded(claims)}`;
  return `${input}.${sign(DIGESTS[alg], Buffer.from(input), key).toString('base64url')}`;
}

/** Why the first generation refuses a token, in its library's words; undefined when it takes it. */
export function whyNotValid(token: string, publicKeyPem: string): string | undefined {
  const [head, body, signature, ...rest] = token.split('.');
  if (head === undefined || body === undefined || signature === undefined || rest.length > 0) {
    return 'token is malformed: token contains an invalid number of segments';
  }
  const header = decodedPart(head);
  const claims = decodedPart(body);
  if (header === undefined || claims === undefined) return 'token is malformed: could not JSON decode';
  const digest = DIGESTS[String(header.alg)];
  if (digest === undefined) {
    return `token is unverifiable: error while executing keyfunc: unexpected signing method: ${header.alg}`;
  }
  const isSigned = verify(
    digest,
    Buffer.from(`${head}.${body}`),
    publicKeyPem,
    Buffer.from(signature, 'base64url'),
  );
  if (!isSigned) return 'token signature is invalid: crypto/rsa: verification error';
  const nowSec = Date.now() / 1_000;
  if (typeof claims.exp === 'number' && claims.exp <= nowSec)
    return 'token has invalid claims: token is expired';
  if (typeof claims.nbf === 'number' && claims.nbf > nowSec) {
    return 'token has invalid claims: token is not valid yet';
  }
  return undefined;
}

function encoded(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function decodedPart(text: string): Claims | undefined {
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}
