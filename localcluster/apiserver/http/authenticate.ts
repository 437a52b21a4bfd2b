import type { IncomingMessage } from 'node:http';
import { TLSSocket } from 'node:tls';
import type { TokenLookup } from './token-file.js';
import type { User } from './user.js';

/** Every user who has proved who they are belongs to this group. */
const AUTHENTICATED = 'system:authenticated';

/**
 * Who makes a request: by a client certificate that the client authority signed (common name = user,
 * organizations = groups), or by a bearer token. Undefined when neither says so.
 */
export function authenticate(request: IncomingMessage, tokens: TokenLookup): User | undefined {
  const user = userOfCertificate(request) ?? userOfToken(request, tokens);
  return user && { ...user, groups: [...user.groups, AUTHENTICATED] };
}

function userOfCertificate({ socket }: IncomingMessage): User | undefined {
  if (!(socket instanceof TLSSocket) || !socket.authorized) return undefined;
  const { CN: name, O: organizations } = socket.getPeerCertificate().subject ?? {};
  if (typeof name !== 'string') return undefined;
  return { name, groups: organizations === undefined ? [] : [organizations].flat() };
}

function userOfToken({ headers }: IncomingMessage, tokens: TokenLookup): User | undefined {
  const token = /^Bearer +(?<token>\S+)$/i.exec(headers.authorization ?? '')?.groups?.token;
  return token === undefined ? undefined : tokens(token);
}
