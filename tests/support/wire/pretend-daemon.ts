import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface DaemonCall {
  readonly method: string;
  readonly path: string;
  readonly body: string;
}

export interface DaemonAnswer {
  readonly status: number;
  readonly text: string;
}

/** A scheduler's daemon on loopback that answers as it is told, or not at all. */
export class PretendDaemon {
  readonly calls: DaemonCall[] = [];
  /** undefined = never answers. */
  answer: (call: DaemonCall) => DaemonAnswer | undefined = () => ({ status: 200, text: '{"success":true}' });
  #server: Server | undefined;
  #port = 0;

  get endpoint(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Listens, on the port it had before. */
  async start(): Promise<void> {
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const call = {
          method: request.method ?? '',
          path: request.url ?? '',
          body: Buffer.concat(chunks).toString('utf8'),
        };
        this.calls.push(call);
        const answer = this.answer(call);
        if (answer === undefined) return;
        response.writeHead(answer.status, { 'content-type': 'application/json' });
        response.end(answer.text);
      });
    });
    await new Promise<void>((resolve) => {
      server.listen(this.#port, '127.0.0.1', resolve);
    });
    this.#server = server;
    this.#port = (server.address() as AddressInfo).port;
  }

  /** Is absent from now on: its port refuses. */
  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined) return;
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}
