import type { ErrorEnvelope, SuccessEnvelope } from '../contract/envelope.js';
import { wireTimestamp } from '../contract/envelope.js';

/** A JSON answer, ended by a line feed as the public API's are. */
export function jsonResponse(
  status: number,
  body: SuccessEnvelope<unknown> | ErrorEnvelope | Readonly<Record<string, unknown>>,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return new Response(`${JSON.stringify(body)}\n`, {
    status,
    headers: { 'content-type': 'application/json', ...headers },
  });
}

/** Status 200 in the success envelope; without data when the route returns nothing. */
export function success(nowMs: number, data?: unknown): Response {
  const timestamp = wireTimestamp(nowMs);
  return jsonResponse(
    200,
    data === undefined ? { success: true, timestamp } : { success: true, data, timestamp },
  );
}

/** What the public API says where it has no such route, also under a wrong method (contract 9.1). */
export function noSuchRoute(): Response {
  return jsonResponse(404, { message: 'Not Found' });
}

/** Wrong method on /health, /version, /ready and /metrics. */
export function methodNotAllowed(): Response {
  return jsonResponse(405, { message: 'Method Not Allowed' }, { allow: 'OPTIONS, GET' });
}
