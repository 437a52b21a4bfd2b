import type { ErrorEnvelope, SuccessEnvelope } from '../contract/envelope.js';
import { wireTimestamp } from '../contract/envelope.js';

/**
 * What a route answers, as plain values: the headers that every answer gets are added to them in one place, and
 * making and rewriting a web `Headers` for each request would cost more than all the rest of a small answer.
 */
export interface ApiResponse {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Null = none, as 304 must have it. */
  readonly body: string | Uint8Array | null;
}

/** A JSON answer, ended by a line feed as the public API's are. */
export function jsonResponse(
  status: number,
  body: SuccessEnvelope<unknown> | ErrorEnvelope | Readonly<Record<string, unknown>>,
  headers: Readonly<Record<string, string>> = {},
): ApiResponse {
  return {
    status,
    headers: { 'content-type': 'application/json', ...headers },
    body: `${JSON.stringify(body)}\n`,
  };
}

/** Status 200 in the success envelope; without data when the route returns nothing. */
export function success(nowMs: number, data?: unknown): ApiResponse {
  const timestamp = wireTimestamp(nowMs);
  return jsonResponse(
    200,
    data === undefined ? { success: true, timestamp } : { success: true, data, timestamp },
  );
}

/** Sends a browser to another address. */
export function redirect(location: string, headers: Readonly<Record<string, string>> = {}): ApiResponse {
  return { status: 302, headers: { location, ...headers }, body: null };
}

/** What the public API says where it has no such route, also under a wrong method (contract 9.1). */
export function noSuchRoute(): ApiResponse {
  return jsonResponse(404, { message: 'Not Found' });
}

/** Wrong method on /health, /version, /ready and /metrics. */
export function methodNotAllowed(): ApiResponse {
  return jsonResponse(405, { message: 'Method Not Allowed' }, { allow: 'OPTIONS, GET' });
}

/** For the framework: every answer of ours says that its type is not to be guessed. */
export function webResponse({ status, headers, body }: ApiResponse): Response {
  return new Response(body, {
    status,
    headers: { ...headers, 'x-content-type-options': 'nosniff' },
  });
}
