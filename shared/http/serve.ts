import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import { DomainError } from '../domain/domain-error.js';
import { errnoOf } from '../files/read-if-present.js';
import type { Component } from '../lifecycle/component.js';
import type { ListenAddress } from './listen-address.js';

export interface HttpServerOptions {
  readonly name: string;
  readonly address: ListenAddress;
  /** Made only when the server starts, when everything the routes need is there. */
  readonly fetch: (request: Request, env: unknown) => Response | Promise<Response>;
  readonly onListening?: (port: number) => void;
}

/** Longest a client may take to send its headers, and its whole request. Answers may take as long as they do. */
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 30_000;
const KEEP_ALIVE_TIMEOUT_MS = 65_000;
const MAX_CONNECTIONS = 4_096;

/**
 * Listens until stopped. Stopping takes no new connection, lets running requests end and closes what is left
 * when the time is over.
 */
export function httpServer(options: HttpServerOptions): Component {
  const server = createAdaptorServer({ fetch: options.fetch as never }) as Server;
  server.headersTimeout = HEADERS_TIMEOUT_MS;
  server.requestTimeout = REQUEST_TIMEOUT_MS;
  server.keepAliveTimeout = KEEP_ALIVE_TIMEOUT_MS;
  server.maxConnections = MAX_CONNECTIONS;
  return {
    name: options.name,
    start: async () => {
      await listen(server, options.address);
      options.onListening?.((server.address() as AddressInfo).port);
    },
    stop: (signal) => close(server, signal),
  };
}

function listen(server: Server, address: ListenAddress): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => reject(listenError(error, address)));
    server.listen({ port: address.port, ...(address.host === undefined ? {} : { host: address.host }) }, () =>
      resolve(),
    );
  });
}

function listenError(error: Error, { host, port }: ListenAddress): DomainError {
  const where = `port ${port} on ${host ?? 'every interface'}`;
  switch (errnoOf(error)) {
    case 'EADDRINUSE':
      return new DomainError(
        'unavailable',
        `${where} is taken by another program: end it or choose another port`,
      );
    case 'EACCES':
      return new DomainError(
        'unavailable',
        `${where} may not be used by this user: choose a port from 1024 up`,
      );
    default:
      return new DomainError('unavailable', `cannot listen on ${where}: ${error.message}`, { cause: error });
  }
}

async function close(server: Server, signal: AbortSignal): Promise<void> {
  if (!server.listening) return;
  const closeAll = () => server.closeAllConnections();
  signal.addEventListener('abort', closeAll, { once: true });
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
    if (signal.aborted) closeAll();
  });
  signal.removeEventListener('abort', closeAll);
}
