import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { ErrorCode } from '../domain/domain-error.js';
import { errnoOf } from '../files/read-if-present.js';

interface Refusal {
  readonly status: string;
  readonly code: ErrorCode;
  readonly error: string;
}

/**
 * Makes a server answer what is no request that any route could see (broken grammar, headers without end, a body
 * that does not come) with the error envelope, as everything else that is refused. The connection is closed.
 */
export function answerBadRequests(server: Server): void {
  const answering = new WeakMap<Duplex, ServerResponse>();
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    answering.set(request.socket, response);
  });
  server.on('clientError', (error, socket) => {
    const response = answering.get(socket);
    // Bytes in the middle of another answer would be taken for a part of it.
    const isAnswering = response?.headersSent === true && !response.writableFinished;
    if (errnoOf(error) === 'ECONNRESET' || !socket.writable || isAnswering) socket.destroy();
    else socket.end(textOf(refusalOf(errnoOf(error))), () => socket.destroy());
  });
}

function refusalOf(code: string | undefined): Refusal {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return {
        status: '431 Request Header Fields Too Large',
        code: 'too_large',
        error: 'the headers must be at most 16 KiB together: send fewer or shorter ones',
      };
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return {
        status: '413 Payload Too Large',
        code: 'too_large',
        error: 'the chunk extensions are too long',
      };
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return {
        status: '408 Request Timeout',
        code: 'malformed',
        error: 'the request did not come in time: send headers and body without a pause',
      };
    default:
      return { status: '400 Bad Request', code: 'malformed', error: 'this is no HTTP/1.1 request' };
  }
}

function textOf({ status, code, error }: Refusal): string {
  const body = `${JSON.stringify({ success: false, error, code })}\n`;
  return [
    `HTTP/1.1 ${status}`,
    'content-type: application/json',
    'x-content-type-options: nosniff',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
    '',
    body,
  ].join('\r\n');
}
