import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DomainError } from '../../shared/domain/domain-error.js';

/** Waits on this machine for a browser that comes back from a sign-in. */
export class BrowserReturn {
  readonly #server: Server;
  /** Others on this machine may find the port, but not the path. */
  readonly #path = `/${randomBytes(16).toString('base64url')}`;
  readonly #arrived: Promise<URLSearchParams>;

  private constructor() {
    this.#server = createServer();
    this.#arrived = new Promise((resolve) => {
      this.#server.on('request', (request, response) => {
        const found = this.#parametersOf(request);
        response.writeHead(found === undefined ? 404 : 200, {
          'content-type': 'text/plain; charset=utf-8',
          'referrer-policy': 'no-referrer',
          'cache-control': 'no-store',
          'x-content-type-options': 'nosniff',
          connection: 'close',
        });
        response.end(
          found === undefined ? 'Not here.\n' : 'Go back to the terminal: podium goes on there.\n',
        );
        if (found !== undefined) resolve(found);
      });
    });
  }

  static async listen(): Promise<BrowserReturn> {
    const back = new BrowserReturn();
    await new Promise<void>((resolve, reject) => {
      back.#server.once('error', reject).listen(0, '127.0.0.1', resolve);
    });
    return back;
  }

  /** Where the browser is to come to. */
  get url(): string {
    return `http://${this.#host}${this.#path}`;
  }

  /** What the browser brought, once. Rejects with `unauthenticated` after the limit. */
  async parameters(limitMs: number, signal: AbortSignal): Promise<URLSearchParams> {
    let stop = () => {};
    const ended = new Promise<never>((_, reject) => {
      const onAbort = () => reject(signal.reason);
      const timer = setTimeout(() => {
        const message = `nobody signed in within ${Math.round(limitMs / 60_000)} minutes: begin again`;
        reject(new DomainError('unauthenticated', message));
      }, limitMs);
      signal.addEventListener('abort', onAbort, { once: true });
      stop = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', onAbort);
      };
      if (signal.aborted) onAbort();
    });
    try {
      return await Promise.race([this.#arrived, ended]);
    } finally {
      stop();
    }
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeAllConnections();
    await closed;
  }

  get #host(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  #parametersOf(request: IncomingMessage): URLSearchParams | undefined {
    // A name that somebody points at this machine is not how the browser was sent here.
    if (request.method !== 'GET' || request.headers.host !== this.#host) return undefined;
    const { pathname, searchParams } = new URL(request.url ?? '/', `http://${this.#host}`);
    const isAnswer = searchParams.has('code') || searchParams.has('error');
    return pathname === this.#path && isAnswer ? searchParams : undefined;
  }
}
