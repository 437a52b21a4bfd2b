import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import type { Component } from '../lifecycle/component.js';
import { closeServer, listenOn } from './listen.js';
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
      await listenOn(server, options.address);
      options.onListening?.((server.address() as AddressInfo).port);
    },
    stop: (signal) => closeServer(server, signal),
  };
}
