import { request as plainRequest } from 'node:http';
import { request as tlsRequest } from 'node:https';

export interface SmallRequest {
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  readonly body?: string;
  readonly signal: AbortSignal;
}

export interface SmallAnswer {
  readonly status: number;
  readonly text: string;
}

/** More than any answer of a daemon; a bound for what is kept of a wrong one. */
const MAX_ANSWER_BYTES = 64 * 1024;

/** One request over a connection of its own, with a small answer. No redirects. Rejects when the signal aborts. */
export function smallRequest({ method, url, body, signal }: SmallRequest): Promise<SmallAnswer> {
  const send = url.protocol === 'https:' ? tlsRequest : plainRequest;
  const headers =
    body === undefined
      ? {}
      : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
  return new Promise((resolve, reject) => {
    const request = send(url, { method, headers, signal, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      let length = 0;
      response.on('data', (chunk: Buffer) => {
        length += chunk.length;
        chunks.push(chunk);
        if (length > MAX_ANSWER_BYTES) {
          response.destroy(new Error(`the answer is longer than ${MAX_ANSWER_BYTES} bytes`));
        }
      });
      response.once('error', reject);
      response.once('end', () =>
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') }),
      );
    });
    request.once('error', reject);
    request.end(body);
  });
}
