import type { Server as TlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Component } from '../lifecycle/component.js';
import type { CertificateSource } from '../tls/certificate-source.js';
import type { TlsMaterial } from '../tls/tls-material.js';
import { closeServer, listenOn, listenOnPath } from './listen.js';
import type { ListenAddress } from './listen-address.js';
import { type Fetch, type NodeServer, nodeServer, type ServerLimits } from './node-server.js';
import { listenAtUnixSocket, type UnixSocketFile } from './unix-socket-file.js';

export interface HttpServerOptions {
  readonly name: string;
  /** The setting that says where it listens, for messages. */
  readonly setting?: string;
  readonly address: ListenAddress;
  readonly fetch: Fetch;
  readonly limits?: Partial<ServerLimits>;
  /** HTTPS by this certificate, which must have been started, and by each that takes its place. */
  readonly certificate?: CertificateSource;
  readonly onListening?: (port: number) => void;
}

/** A server as a part of a program. Stopping lets running requests end and closes what is left when time is over. */
export interface HttpServer extends Component {
  /** Where it listens; undefined before its start, and on a Unix socket. */
  port(): number | undefined;
}

/** Listens on a TCP port until stopped. */
export function httpServer(options: HttpServerOptions): HttpServer {
  const { name, setting = 'server.host', address, fetch, limits, certificate } = options;
  let running: NodeServer | undefined;
  let forget = () => {};
  const port = () => (running?.server.address() as AddressInfo | null | undefined)?.port;
  return {
    name,
    port,
    start: async () => {
      const tls = certificate?.current();
      const started = nodeServer({
        fetch,
        unixSocket: false,
        ...(limits === undefined ? {} : { limits }),
        ...(tls === undefined ? {} : { tls }),
      });
      running = started;
      const replace = ({ contextOptions }: TlsMaterial) =>
        (started.server as TlsServer).setSecureContext(contextOptions);
      forget = certificate?.onChange(replace) ?? forget;
      started.server.on('tlsClientError', (error: Error) => certificate?.handshakeFailed(error.message));
      await listenOn(started.server, address, setting);
      options.onListening?.(port() ?? 0);
    },
    stop: async (signal) => {
      forget();
      if (running !== undefined) await stopped(running, signal);
    },
  };
}

function stopped({ server, silent }: NodeServer, signal: AbortSignal): Promise<void> {
  const closed = closeServer(server, signal);
  silent.close();
  return closed;
}

export interface UnixSocketServerOptions {
  readonly name: string;
  /** The setting that says where it listens, for messages. */
  readonly setting: string;
  /** Absolute path; its folder must exist. */
  readonly path: string;
  readonly fetch: Fetch;
  readonly limits?: Partial<ServerLimits>;
}

/** Listens on a Unix socket with mode 0660 until stopped; the file goes when it stops. */
export function unixSocketServer(options: UnixSocketServerOptions): HttpServer {
  const { name, setting, path, fetch, limits } = options;
  const running = nodeServer({ fetch, unixSocket: true, ...(limits === undefined ? {} : { limits }) });
  let file: UnixSocketFile | undefined;
  return {
    name,
    port: () => undefined,
    start: async () => {
      file = await listenAtUnixSocket(path, setting, (bound) => listenOnPath(running.server, bound));
    },
    stop: async (signal) => {
      await file?.remove();
      await stopped(running, signal);
    },
  };
}
