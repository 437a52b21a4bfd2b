import type { ServerResponse } from 'node:http';
import { ApiError, type Status } from '../errors/api-error.js';
import { internalError } from '../errors/refusals.js';

/** What is sent back: a text, or a stream that lasts as long as the request does. */
export type Answer = TextAnswer | StreamAnswer;

export interface TextAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string | Buffer;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
}

export interface StreamAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly chunks: AsyncIterable<string | Uint8Array>;
}

/** Warnings go into a header, which clients limit: what is beyond this many characters is left out. */
const MAX_WARNING_LENGTH = 256;
const MAX_WARNINGS_LENGTH = 4_096;

export function jsonAnswer(status: number, body: string, warnings: readonly string[] = []): TextAnswer {
  const contentType = 'application/json';
  if (warnings.length === 0) return { status, contentType, body };
  return { status, contentType, body, headers: { warning: warningHeaders(warnings) } };
}

/** Headers that kubectl shows to people (RFC 7234, section 5.5). */
function warningHeaders(warnings: readonly string[]): readonly string[] {
  const headers = warnings.map((text) => `299 - ${asciiJson(text.slice(0, MAX_WARNING_LENGTH))}`);
  return headers.slice(0, Math.floor(MAX_WARNINGS_LENGTH / MAX_WARNING_LENGTH));
}

/** A header may hold nothing but ASCII. */
function asciiJson(text: string): string {
  return JSON.stringify(text).replace(
    /[^\x20-\x7e]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

export function statusAnswer(status: Status): TextAnswer {
  const answer = jsonAnswer(status.code ?? 200, `${JSON.stringify(status)}\n`);
  const retryAfter = status.details?.retryAfterSeconds;
  return retryAfter === undefined ? answer : { ...answer, headers: { 'retry-after': String(retryAfter) } };
}

export function plainAnswer(status: number, body: string): TextAnswer {
  return { status, contentType: 'text/plain; charset=utf-8', body };
}

/** The real API server's answer for paths that belong to nothing it serves. */
export const NO_SUCH_PATH = plainAnswer(404, '404 page not found\n');

/** The answer to a failure: refusals as they are, everything else without its particulars. */
export function errorAnswer(error: unknown): TextAnswer {
  return statusAnswer((error instanceof ApiError ? error : internalError()).status);
}

/** A reader that takes nothing for this long is cut off. */
const STALLED_MS = 60_000;

/**
 * Sends an answer. A stream is pulled only as fast as the client reads, so that a slow client holds no more than
 * one batch of it.
 */
export async function send(response: ServerResponse, answer: Answer): Promise<void> {
  const headers = 'headers' in answer ? answer.headers : undefined;
  response.setHeader('cache-control', 'no-cache, private');
  response.setHeader('x-content-type-options', 'nosniff');
  for (const [name, value] of Object.entries(headers ?? {})) {
    response.setHeader(name, typeof value === 'string' ? value : [...value]);
  }
  if ('chunks' in answer) await sendStream(response, answer);
  else sendText(response, answer);
}

function sendText(response: ServerResponse, { status, contentType, body }: TextAnswer): void {
  const length = Buffer.byteLength(body);
  if (status === 204 || status === 304) response.writeHead(status).end();
  else response.writeHead(status, { 'content-type': contentType, 'content-length': length }).end(body);
}

async function sendStream(
  response: ServerResponse,
  { status, contentType, chunks }: StreamAnswer,
): Promise<void> {
  response.writeHead(status, { 'content-type': contentType });
  // Clients wait for the head of the answer before they wait for events, which may be long in coming.
  response.flushHeaders();
  for await (const chunk of chunks) {
    if (response.destroyed) return;
    if (!response.write(chunk) && !(await drained(response))) {
      response.destroy();
      return;
    }
  }
  response.end();
}

/** Resolves with true when the client has taken what was written, with false when it will not. */
function drained(response: ServerResponse): Promise<boolean> {
  return new Promise((resolve) => {
    const settle = (value: boolean) => {
      clearTimeout(timer);
      response.off('drain', onDrain);
      response.off('close', onClose);
      resolve(value);
    };
    const onDrain = () => settle(true);
    const onClose = () => settle(false);
    const timer = setTimeout(onClose, STALLED_MS);
    response.once('drain', onDrain);
    response.once('close', onClose);
    if (response.destroyed) onClose();
  });
}
