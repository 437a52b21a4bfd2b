import { type Agent, request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { TLSSocket } from 'node:tls';

/** Where a call goes: a port of the loopback interface, or a Unix socket; over TLS where a client says so. */
export interface Target {
  readonly port?: number;
  readonly socketPath?: string;
  /** Address to call instead of 127.0.0.1. */
  readonly host?: string;
  readonly tls?: { readonly ca: string; readonly cert?: string; readonly key?: string };
  /** To keep a connection; each call has one of its own otherwise. */
  readonly agent?: Agent;
}

export interface CallOptions {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  /** Send the body in chunks, without saying how long it is. */
  readonly chunked?: boolean;
  readonly signal?: AbortSignal;
}

export interface CallAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies of every shape.
  readonly body: any;
  /** Of the server's certificate; empty without TLS. */
  readonly serialNumber: string;
}

/** One request by Node's own client, which can do what fetch cannot: sockets, client certificates, any header. */
export function httpCall(target: Target, path: string, options: CallOptions = {}): Promise<CallAnswer> {
  const { port, socketPath, host = '127.0.0.1', tls, agent } = target;
  const { method = 'GET', headers = {}, body, chunked = false, signal } = options;
  const length: Record<string, string | number> =
    body === undefined || chunked ? {} : { 'content-length': Buffer.byteLength(body) };
  return new Promise((resolve, reject) => {
    const send = tls === undefined ? httpRequest : httpsRequest;
    const request = send({
      ...(socketPath === undefined ? { host, port } : { socketPath }),
      path,
      method,
      headers: { ...length, ...(chunked ? { 'transfer-encoding': 'chunked' } : {}), ...headers },
      agent: agent ?? false,
      ...(signal === undefined ? {} : { signal }),
      ...tls,
    });
    request.on('error', reject);
    request.on('response', (response) => {
      const { serialNumber = '' } = (response.socket as TLSSocket).getPeerCertificate?.() ?? {};
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text,
          body: parsed(text),
          serialNumber,
        });
      });
    });
    request.end(body);
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
