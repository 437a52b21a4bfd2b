import type { ClientRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { AnswerBody } from './answer-body.js';
import { type LocalApiServer, TOKENS } from './local-api-server.js';

export interface WatchLine {
  readonly type: string;
  readonly object: AnswerBody;
}

/** A client that watches, and keeps what it is told. */
export interface WatchClient {
  readonly lines: readonly WatchLine[];
  /** Resolves when there are that many lines; rejects after a while. */
  until(count: number): Promise<readonly WatchLine[]>;
  /** Resolves when the server ends the stream. */
  readonly ended: Promise<void>;
  close(): void;
}

const PATIENCE_MS = 10_000;

export async function openWatch(
  server: LocalApiServer,
  path: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<WatchClient> {
  const lines: WatchLine[] = [];
  let rest = '';
  let end = () => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const request = await new Promise<ClientRequest>((resolve, reject) => {
    const opened = httpsRequest(
      {
        host: '127.0.0.1',
        port: server.port,
        path,
        ca: server.caPem,
        agent: false,
        headers: { authorization: `Bearer ${TOKENS.admin}`, ...headers },
      },
      (response) => {
        if (response.statusCode !== 200)
          reject(new Error(`the watch was answered with ${response.statusCode}`));
        response.setEncoding('utf8');
        response.on('data', (chunk) => {
          const parts = (rest + chunk).split('\n');
          rest = parts.pop() ?? '';
          lines.push(...parts.map((part) => JSON.parse(part)));
        });
        response.on('close', end);
        resolve(opened);
      },
    );
    opened.on('error', reject);
    opened.end();
  });
  return {
    lines,
    ended,
    close: () => request.destroy(),
    until: async (count) => {
      const deadline = performance.now() + PATIENCE_MS;
      while (lines.length < count) {
        if (performance.now() > deadline) {
          throw new Error(`expected ${count} events, found ${lines.map(({ type }) => type).join()}`);
        }
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      return lines;
    },
  };
}
