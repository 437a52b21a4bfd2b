import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { DomainError, messageOf } from '../../../shared/domain/domain-error.js';
import { closeServer, listenOn } from '../../../shared/http/listen.js';
import type { ListenAddress } from '../../../shared/http/listen-address.js';
import type { Component } from '../../../shared/lifecycle/component.js';

export interface HttpsServerOptions {
  readonly address: ListenAddress;
  readonly certificatePem: string;
  readonly privateKeyPem: string;
  /** Who signs client certificates; without it none are asked for. */
  readonly clientCaPem: string | undefined;
  readonly handle: (request: IncomingMessage, response: ServerResponse) => void;
  readonly onListening: (port: number) => void;
  /** Called when stopping begins, so that what never ends by itself can end. */
  readonly onStopping: () => void;
}

/** Longest a client may take to send its headers, and its whole request. Answers may take as long as they do. */
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 30_000;
const KEEP_ALIVE_TIMEOUT_MS = 65_000;
const MAX_CONNECTIONS = 4_096;

/** Listens until stopped. Stopping takes no new connection and lets running requests end. */
export function httpsServer(options: HttpsServerOptions): Component {
  const server = newServer(options);
  return {
    name: 'https',
    start: async () => {
      await listenOn(server, options.address);
      options.onListening((server.address() as AddressInfo).port);
    },
    stop: async (signal) => {
      options.onStopping();
      await closeServer(server, signal);
    },
  };
}

/** Throws `invalid` for a certificate or key that cannot be used. */
function newServer({ certificatePem, privateKeyPem, clientCaPem, handle }: HttpsServerOptions): Server {
  const clients =
    clientCaPem === undefined ? {} : { ca: clientCaPem, requestCert: true, rejectUnauthorized: false };
  try {
    const server = createServer(
      {
        ...clients,
        cert: certificatePem,
        key: privateKeyPem,
        minVersion: 'TLSv1.2',
        ALPNProtocols: ['http/1.1'],
      },
      handle,
    );
    server.headersTimeout = HEADERS_TIMEOUT_MS;
    server.requestTimeout = REQUEST_TIMEOUT_MS;
    server.keepAliveTimeout = KEEP_ALIVE_TIMEOUT_MS;
    server.maxConnections = MAX_CONNECTIONS;
    return server;
  } catch (error) {
    throw new DomainError(
      'invalid',
      `the certificate, its key or the client authority cannot be used: ${messageOf(error)}`,
      { cause: error },
    );
  }
}
