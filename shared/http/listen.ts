import type { Server } from 'node:http';
import type { Server as TlsServer } from 'node:https';
import { DomainError } from '../domain/domain-error.js';
import { errnoOf } from '../files/read-if-present.js';
import type { ListenAddress } from './listen-address.js';

type ListeningServer = Server | TlsServer;

const IDLE_SWEEP_MS = 20;

/** Resolves when the server listens. Rejects with `unavailable` and what to do when it cannot. */
export function listenOn(server: ListeningServer, address: ListenAddress): Promise<void> {
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

/**
 * Takes no new connection, lets running requests end, and closes what is left when the signal aborts. Does
 * nothing for a server that does not listen.
 */
export async function closeServer(server: ListeningServer, signal: AbortSignal): Promise<void> {
  if (!server.listening) return;
  const closeAll = () => server.closeAllConnections();
  signal.addEventListener('abort', closeAll, { once: true });
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
