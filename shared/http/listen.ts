import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Server as TlsServer } from 'node:https';
import type { ListenOptions } from 'node:net';
import { DomainError, messageOf } from '../domain/domain-error.js';
import { errnoOf } from '../files/read-if-present.js';
import type { ListenAddress } from './listen-address.js';

type ListeningServer = Server | TlsServer;

const IDLE_SWEEP_MS = 20;

/**
 * Resolves when the server listens. Rejects with `unavailable` and what to do when it cannot.
 *
 * @param setting What people set the address by, for the message.
 */
export async function listenOn(
  server: ListeningServer,
  address: ListenAddress,
  setting?: string,
): Promise<void> {
  const { host, port } = address;
  try {
    await listening(server, { port, ...(host === undefined ? {} : { host }) });
  } catch (error) {
    throw listenError(error, address, setting === undefined ? '' : `${setting}: `);
  }
}

/** Resolves when the server listens on the Unix socket. Rejects with the system's error. */
export function listenOnPath(server: ListeningServer, path: string): Promise<void> {
  return listening(server, { path });
}

function listening(server: ListeningServer, options: ListenOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(options, () => {
      server.off('error', reject);
      // From here on: a connection that the system could not give us, as when descriptors run out. It is lost, and
      // no reason to end.
      server.on('error', () => {});
      resolve();
    });
  });
}

function listenError(error: unknown, { host, port }: ListenAddress, prefix: string): DomainError {
  const where = `port ${port} on ${host ?? 'every interface'}`;
  const refused = (reason: string) => new DomainError('unavailable', `${prefix}${reason}`, { cause: error });
  switch (errnoOf(error)) {
    case 'EADDRINUSE':
      return refused(`${where} is taken by another program: end it or choose another port`);
    case 'EACCES':
      return refused(`${where} may not be used by this user: choose a port from 1024 up`);
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return refused(`this machine has no address ${host}: choose one that it has, or none for all`);
    default:
      return refused(`cannot listen on ${where}: ${messageOf(error)}`);
  }
}

/**
 * Takes no new connection, lets running requests end, and closes what is left when the signal aborts. Does
 * nothing for a server that does not listen.
 */
export async function closeServer(server: ListeningServer, signal: AbortSignal): Promise<void> {
  if (!server.listening) return;
  const closeAll = () => server.closeAllConnections();
  signal.addEventListener('abort', closeAll, { once: true });
  // Who asks without a pause would never let a connection become idle: the next answer is its last.
  server.prependListener('request', (_request: IncomingMessage, response: ServerResponse) => {
    response.shouldKeepAlive = false;
  });
  // A kept-alive connection becomes idle only when its last answer has gone out, which may be after this began.
  const sweep = setInterval(() => server.closeIdleConnections(), IDLE_SWEEP_MS);
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
    if (signal.aborted) closeAll();
  });
  clearInterval(sweep);
  signal.removeEventListener('abort', closeAll);
}
