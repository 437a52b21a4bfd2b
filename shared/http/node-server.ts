import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { getRequestListener, RequestError } from '@hono/node-server';
import { DomainError } from '../domain/domain-error.js';
import type { TlsMaterial } from '../tls/tls-material.js';
import { answerBadRequests } from './answer-to-bad-request.js';
import { webResponse } from './answers.js';
import type { ListenerBindings } from './create-api.js';
import { errorResponse } from './error-response.js';
import { SilentConnections } from './silent-connections.js';

export type Fetch = (request: Request, bindings: ListenerBindings) => Response | Promise<Response>;

/** What one client may take. Answers may take as long as they do. */
export interface ServerLimits {
  /** Longest time for the headers of a request. */
  readonly headersTimeoutMs: number;
  /** Longest time for a whole request. */
  readonly requestTimeoutMs: number;
  /** Longest time that a connection is kept without a request. */
  readonly keepAliveTimeoutMs: number;
  /** Connections at one time; more are closed at once. */
  readonly maxConnections: number;
}

export const DEFAULT_LIMITS: ServerLimits = {
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 30_000,
  keepAliveTimeoutMs: 65_000,
  maxConnections: 4_096,
};

const MAX_HEADER_BYTES = 16 * 1024;
const HANDSHAKE_TIMEOUT_MS = 5_000;

export interface NodeServerOptions {
  readonly fetch: Fetch;
  /** Whether callers come over a Unix socket, and so from this machine. */
  readonly unixSocket: boolean;
  readonly limits?: Partial<ServerLimits>;
  /** HTTPS; with an authority every client needs a certificate of it. */
  readonly tls?: TlsMaterial;
}

export interface NodeServer {
  readonly server: Server;
  readonly silent: SilentConnections;
}

/** A server of Node's for an application of ours, with every limit set; it does not listen yet. */
export function nodeServer({ fetch, unixSocket, limits, tls }: NodeServerOptions): NodeServer {
  const { headersTimeoutMs, requestTimeoutMs, keepAliveTimeoutMs, maxConnections } = {
    ...DEFAULT_LIMITS,
    ...limits,
  };
  const options = {
    maxHeaderSize: MAX_HEADER_BYTES,
    headersTimeout: headersTimeoutMs,
    requestTimeout: requestTimeoutMs,
    keepAliveTimeout: keepAliveTimeoutMs,
    connectionsCheckingInterval: Math.max(50, Math.min(headersTimeoutMs, requestTimeoutMs) / 10),
    // The listener below refuses a request without a host, in the envelope.
    requireHostHeader: false,
  };
  const listener = getRequestListener(
    (request, { incoming }) =>
      fetch(request, { remoteAddress: unixSocket ? undefined : (incoming.socket.remoteAddress ?? '') }),
    { errorHandler: refused },
  );
  const server =
    tls === undefined
      ? createServer(options, listener)
      : createTlsServer(
          {
            ...options,
            ...tls.contextOptions,
            requestCert: tls.asksClients,
            rejectUnauthorized: tls.asksClients,
            handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
            ALPNProtocols: ['http/1.1'],
          },
          listener,
        );
  server.maxConnections = maxConnections;
  answerBadRequests(server);
  return { server, silent: new SilentConnections(server, tls !== undefined) };
}

/** For targets and hosts that are none, which no application gets to see; applications answer what is thrown in them. */
function refused(error: unknown): Response {
  const known =
    error instanceof RequestError
      ? new DomainError('malformed', `this is no request that can be answered: ${error.message}`, {
          cause: error,
        })
      : error;
  return webResponse(errorResponse(known, randomUUID()));
}
