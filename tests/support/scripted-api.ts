import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One request that a program made. */
export interface ReceivedRequest {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  // biome-ignore lint/suspicious/noExplicitAny: tests read whatever a program sent.
  readonly body: any;
}

export interface ScriptedAnswer {
  readonly status: number;
  readonly body?: unknown;
}

/** Says how a request is answered; undefined for an empty success. */
export type Script = (request: ReceivedRequest) => ScriptedAnswer | undefined;

/** A server that answers as a test tells it, for failures and orders of events that a real one would not give. */
export class ScriptedApi {
  readonly received: ReceivedRequest[] = [];
  readonly #server: Server;
  script: Script = () => undefined;

  private constructor() {
    this.#server = createServer((incoming, response) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        const { method = 'GET', url: path = '/', headers } = incoming;
        const request = { method, path, headers, body: text === '' ? undefined : JSON.parse(text) };
        this.received.push(request);
        const { status, body } = this.script(request) ?? { status: 200 };
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body ?? {}));
      });
    });
  }

  static async start(): Promise<ScriptedApi> {
    const api = new ScriptedApi();
    await new Promise<void>((resolve) => api.#server.listen(0, '127.0.0.1', resolve));
    return api;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** What has come with this method, oldest first. */
  with(method: string): ReceivedRequest[] {
    return this.received.filter((request) => request.method === method);
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
