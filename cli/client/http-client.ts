import { Agent, request } from 'undici';
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

/** Asks one server, within a time limit. Redirects are not followed: a token is for the server it was made by. */
export class HttpClient {
  readonly address: ServerAddress;
  readonly #agent: Agent;
  readonly #timeoutMs: number;

  /** @param authorities Certificates in PEM that are trusted instead of the system's. */
  constructor(address: ServerAddress, timeoutMs: number, authorities: string | undefined) {
    this.address = address;
    this.#timeoutMs = timeoutMs;
    this.#agent = new Agent({
      connect: { timeout: timeoutMs, ...(authorities === undefined ? {} : { ca: authorities }) },
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
      maxResponseSize: MAX_ANSWER_BYTES,
    });
  }

  /** Rejects with `unavailable` when no answer comes, and with the signal's reason when it aborts. */
  async send({ method, path, headers, body }: HttpRequest, signal: AbortSignal): Promise<HttpAnswer> {
    try {
      return await withinTime(this.#timeoutMs, signal, async (limited) => {
        const response = await request(this.address.url + path, {
          method,
          headers,
          ...(body === undefined ? {} : { body }),
          signal: limited,
          dispatcher: this.#agent,
        });
        const text = await response.body.text();
        return { status: response.statusCode, header: (name) => oneOf(response.headers[name]), text };
      });
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      throw connectionError(this.address.url, error);
    }
  }

  /** Ends every connection, so that the program can end. */
  async close(): Promise<void> {
    await this.#agent.destroy();
  }
}

function oneOf(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}
