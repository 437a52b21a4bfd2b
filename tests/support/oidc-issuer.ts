import { createHash, createHmac, type KeyObject, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SignJWT } from 'jose';
import { generateRsaKey, keyId, toJwks } from '../../shared/auth/keys.js';

export const CLIENT = { id: 'podium', secret: 'a-secret-of-the-test' } as const;

/** A question that a browser brought. */
export interface Authorization {
  readonly state: string;
  readonly nonce: string;
  readonly codeChallenge: string;
  readonly redirectUri: string;
  readonly scope: string;
}

type Claims = Readonly<Record<string, unknown>>;

/** What an issuer may do wrong, or somebody in its place. */
export interface Misbehaviour {
  /** Laid over the claims of ID tokens. */
  claims?: Claims;
  /** Makes the ID token of these claims, instead of the issuer's own way. */
  idToken?: (claims: Claims, key: KeyObject) => string | Promise<string>;
  /** Answers the token endpoint with this status. */
  tokenStatus?: number;
}

/** An OpenID Connect issuer over real HTTP: discovery, keys, authorization code with PKCE, userinfo. */
export class OidcIssuer {
  readonly #server: Server;
  /** Who signs in next. */
  person: Claims = { sub: 'person-1', preferred_username: 'ann', groups: ['devs'] };
  /** Claims that come by the userinfo endpoint alone. */
  userinfo: Claims = {};
  misbehaviour: Misbehaviour = {};
  readonly authorizations: Authorization[] = [];
  readonly #codes = new Map<string, Authorization>();
  #key: KeyObject;
  #port = 0;

  private constructor(key: KeyObject) {
    this.#key = key;
    this.#server = createServer((request, response) => {
      this.#answer(request, response).catch(() => response.writeHead(500).end());
    });
  }

  static async start(port = 0): Promise<OidcIssuer> {
    const issuer = new OidcIssuer(await generateRsaKey());
    await issuer.listen(port);
    return issuer;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  get port(): number {
    return this.#port;
  }

  async listen(port = this.#port): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(port, '127.0.0.1', resolve));
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async rotateKey(): Promise<void> {
    this.#key = await generateRsaKey();
  }

  /** The public key as text, for the attack that takes it for a shared secret. */
  get jwks(): string {
    return JSON.stringify(toJwks([this.#key]));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.url);
    switch (url.pathname) {
      case '/.well-known/openid-configuration':
        return json(response, 200, {
          issuer: this.url,
          authorization_endpoint: `${this.url}/authorize`,
          token_endpoint: `${this.url}/token`,
          userinfo_endpoint: `${this.url}/userinfo`,
          jwks_uri: `${this.url}/jwks`,
          response_types_supported: ['code'],
          subject_types_supported: ['public'],
          id_token_signing_alg_values_supported: ['RS256'],
          code_challenge_methods_supported: ['S256'],
          authorization_response_iss_parameter_supported: true,
        });
      case '/jwks':
        return json(response, 200, toJwks([this.#key]));
      case '/authorize':
        return this.#authorize(url, response);
      case '/token':
        return this.#token(new URLSearchParams(await bodyOf(request)), request, response);
      case '/userinfo':
        return json(response, 200, { sub: this.person.sub, ...this.userinfo });
      default:
        response.writeHead(404).end();
    }
  }

  #authorize({ searchParams }: URL, response: ServerResponse): void {
    const text = (name: string) => searchParams.get(name) ?? '';
    const authorization = {
      state: text('state'),
      nonce: text('nonce'),
      codeChallenge: text('code_challenge'),
      redirectUri: text('redirect_uri'),
      scope: text('scope'),
    };
    if (text('client_id') !== CLIENT.id || text('code_challenge_method') !== 'S256') {
      response.writeHead(400).end();
      return;
    }
    this.authorizations.push(authorization);
    const code = randomBytes(16).toString('hex');
    this.#codes.set(code, authorization);
    const back = new URL(authorization.redirectUri);
    back.search = new URLSearchParams({ code, state: authorization.state, iss: this.url }).toString();
    response.writeHead(302, { location: back.href }).end();
  }

  async #token(form: URLSearchParams, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { tokenStatus } = this.misbehaviour;
    if (tokenStatus !== undefined) return json(response, tokenStatus, { error: 'server_error' });
    const credentials = Buffer.from((request.headers.authorization ?? '').slice('Basic '.length), 'base64');
    // RFC 6749, 2.3.1: each part is encoded as in a form.
    const [id, secret] = credentials.toString().split(':').map(decodeURIComponent);
    const authorization = this.#codes.get(form.get('code') ?? '');
    this.#codes.delete(form.get('code') ?? '');
    const challenge = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    const isGood =
      id === CLIENT.id &&
      secret === CLIENT.secret &&
      form.get('redirect_uri') === authorization?.redirectUri &&
      challenge === authorization?.codeChallenge;
    if (!isGood) return json(response, 400, { error: 'invalid_grant' });
    const nowSec = Math.floor(Date.now() / 1_000);
    const claims = {
      iss: this.url,
      aud: CLIENT.id,
      iat: nowSec,
      exp: nowSec + 300,
      nonce: authorization?.nonce,
      ...this.person,
      ...this.misbehaviour.claims,
    };
    const make = this.misbehaviour.idToken ?? signed;
    const idToken = await make(claims, this.#key);
    json(response, 200, { access_token: 'opaque', token_type: 'Bearer', expires_in: 300, id_token: idToken });
  }
}

/** As an issuer signs. */
export function signed(claims: Claims, key: KeyObject): Promise<string> {
  return new SignJWT({ ...claims }).setProtectedHeader({ alg: 'RS256', kid: keyId(key) }).sign(key);
}

/** A token whose header says what it likes, with a signature of HMAC or none. */
export function forged(header: Claims, claims: Claims, hmacKey?: string): string {
  const part = (value: Claims) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const text = `${part(header)}.${part(claims)}`;
  const signature =
    hmacKey === undefined ? '' : createHmac('sha256', hmacKey).update(text).digest('base64url');
  return `${text}.${signature}`;
}

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
