import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { TLSSocket } from 'node:tls';
import { DomainError, messageOf } from '../../../shared/domain/domain-error.js';
import type { Clock } from '../../../shared/lifecycle/clock.js';
import type { Component } from '../../../shared/lifecycle/component.js';
import type { Logger } from '../../../shared/observability/logger.js';
import { type LogQuery, parseLogQuery } from '../domain/log-query.js';
import type { LogSource } from './log-reader.js';
import { readLog } from './read-log.js';

export interface LogServerOptions {
  readonly host: string;
  /** 0 = any free port. */
  readonly port: number;
  /** PEM texts. */
  readonly certificate: string;
  readonly privateKey: string;
  /** Authority of the certificates that clients must show. */
  readonly clientCertificateAuthority: string;
  /** Throws a DomainError when there is no such log. */
  readonly find: (request: LogRequest) => LogSource;
  readonly clock: Clock;
  readonly logger: Logger;
}

export interface LogRequest {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  readonly previous: boolean;
}

const MAX_CONNECTIONS = 256;
const HEADERS_TIMEOUT_MS = 10_000;
const STATUS_OF_CODE: Readonly<Record<string, number>> = { not_found: 404, malformed: 400, invalid: 400 };
const CONTAINER_LOGS = /^\/containerLogs\/([^/]+)\/([^/]+)\/([^/]+)$/;

/**
 * The part of a kubelet's API that `kubectl logs` needs, for the API server: `/containerLogs/NAMESPACE/POD/CONTAINER`
 * and `/healthz`, to clients with a certificate of the right authority only.
 */
export class LogServer implements Component {
  readonly name = 'log server';
  readonly #options: LogServerOptions;
  readonly #server: Server;
  readonly #end = new AbortController();

  constructor(options: LogServerOptions) {
    this.#options = options;
    this.#server = createServer(
      {
        cert: options.certificate,
        key: options.privateKey,
        ca: options.clientCertificateAuthority,
        requestCert: true,
        // Refused with 401 below instead of a broken handshake, so that clients can tell why.
        rejectUnauthorized: false,
      },
      (request, response) => void this.#answer(request, response),
    );
    this.#server.maxConnections = MAX_CONNECTIONS;
    this.#server.headersTimeout = HEADERS_TIMEOUT_MS;
  }

  /** Known once it has started. */
  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  start(): Promise<void> {
    const { host, port } = this.#options;
    return new Promise((resolve, reject) => {
      this.#server.once('error', (error) =>
        reject(new DomainError('unavailable', `cannot listen on ${host}:${port}: ${error.message}`)),
      );
      this.#server.listen(port, host, () => resolve());
    });
  }

  /** Whoever follows a log is cut off. */
  async stop(): Promise<void> {
    this.#end.abort();
    if (!this.#server.listening) return;
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      if (!hasTrustedCertificate(request.socket as TLSSocket)) return sendText(response, 401, 'Unauthorized');
      const url = new URL(request.url ?? '/', 'https://kubelet');
      if (request.method !== 'GET') return sendText(response, 405, 'only GET is served');
      if (url.pathname === '/healthz') return sendText(response, 200, 'ok');
      const path = CONTAINER_LOGS.exec(url.pathname);
      if (path === null)
        return sendText(response, 404, 'this kubelet serves only /containerLogs and /healthz');
      const [namespace, pod, container] = path.slice(1).map(decodeURIComponent) as [string, string, string];
      await this.#sendLog({ namespace, pod, container }, url.searchParams, response);
    } catch (error) {
      this.#fail(error, response);
    }
  }

  async #sendLog(
    names: Omit<LogRequest, 'previous'>,
    parameters: URLSearchParams,
    response: ServerResponse,
  ): Promise<void> {
    const { find, clock } = this.#options;
    const query: LogQuery = parseLogQuery(parameters, clock.now());
    const source = find({ ...names, previous: query.previous });
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    response.writeHead(200, { 'content-type': 'text/plain' });
    // At once, so that whoever follows a silent container knows that it is connected.
    response.flushHeaders();
    const signal = AbortSignal.any([gone.signal, this.#end.signal]);
    await pipeline(Readable.from(readLog(source, query, signal)), response);
  }

  #fail(error: unknown, response: ServerResponse): void {
    const status = error instanceof DomainError ? (STATUS_OF_CODE[error.code] ?? 500) : 500;
    if (response.headersSent) {
      response.destroy();
      return;
    }
    if (status === 500) this.#options.logger.warn({ error: messageOf(error) }, 'log not served');
    sendText(response, status, messageOf(error));
  }
}

/**
 * Node.js calls a resumed TLS 1.3 session authorized even when the client has never shown a certificate, so there
 * must be one as well.
 */
function hasTrustedCertificate(socket: TLSSocket): boolean {
  return socket.authorized && socket.getPeerX509Certificate() !== undefined;
}

function sendText(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'text/plain' }).end(text);
}
