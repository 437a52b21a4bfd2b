import http from 'node:http';
import https from 'node:https';
import { DomainError } from '../../shared/domain/domain-error.js';
import { withinTime } from '../../shared/lifecycle/within-time.js';
import { connectionError } from './connection-error.js';
import type { ServerAddress } from './server-address.js';

/** More than the whole of any list that a manager keeps. */
const MAX_ANSWER_BYTES = 256 * 1024 * 1024;

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

export interface HttpRequest {
  readonly method: Method;
  /** From the server's address on, with its query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
}

export interface HttpAnswer {
  readonly status: number;
  header(name: string): string | undefined;
  readonly text: string;
}

/**
 * Asks one server, within a time limit. Redirects are not followed: a token is for the server it was made by.
 *
 * By Node's own client: loading undici would take a command three times as long as all that it does.
 */
export class HttpClient {
  readonly address: ServerAddress;
  readonly #agent: http.Agent;
  readonly #timeoutMs: number;

  /** @param authorities Certificates in PEM that are trusted instead of the system's. */
  constructor(address: ServerAddress, timeoutMs: number, authorities: string | undefined) {
    this.address = address;
    this.#timeoutMs = timeoutMs;
    this.#agent = address.isTls
      ? new https.Agent({ keepAlive: true, ...(authorities === undefined ? {} : { ca: authorities }) })
      : new http.Agent({ keepAlive: true });
  }

  /** Rejects with `unavailable` when no answer comes, and with the signal's reason when it aborts. */
  async send(request: HttpRequest, signal: AbortSignal): Promise<HttpAnswer> {
    try {
      return await withinTime(this.#timeoutMs, signal, (limited) => this.#exchange(request, limited));
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      throw error instanceof DomainError ? error : connectionError(this.address.url, error);
    }
  }

  /** Ends every connection, so that the program can end. */
  close(): void {
    this.#agent.destroy();
  }

  #exchange({ method, path, headers, body }: HttpRequest, signal: AbortSignal): Promise<HttpAnswer> {
    const { request } = this.address.isTls ? https : http;
    const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
    return new Promise((resolve, reject) => {
      // An abort before the answer comes as an error that hides its reason.
      const fail = (error: Error) => reject(signal.aborted ? signal.reason : error);
      const outgoing = request(
        this.address.url + path,
        { method, headers: { ...headers, ...length }, agent: this.#agent, signal },
        (response) => void this.#answerOf(response).then(resolve, fail),
      );
      outgoing.on('error', fail).end(body);
    });
  }

  async #answerOf(response: http.IncomingMessage): Promise<HttpAnswer> {
    const chunks: Buffer[] = [];
    let bytes = 0;
    for await (const chunk of response as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > MAX_ANSWER_BYTES) {
        throw new DomainError('unavailable', `${this.address.url} answered more than this program takes`);
      }
      chunks.push(chunk);
    }
    return {
      status: response.statusCode ?? 0,
      header: (name) => oneOf(response.headers[name]),
      text: Buffer.concat(chunks).toString('utf8'),
    };
  }
}

function oneOf(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}
