import { DomainError, type ErrorCode } from '../domain/domain-error.js';
import { type ApiResponse, jsonResponse } from './answers.js';

/** The only place where a code becomes an HTTP status; complete by the compiler. */
const STATUS: Readonly<Record<ErrorCode, number>> = {
  malformed: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  too_large: 413,
  invalid: 422,
  throttled: 429,
  internal: 500,
  unavailable: 503,
};

/** The HTTP status of a refusal, for the document. */
export function statusOf(code: ErrorCode): number {
  return STATUS[code];
}

/**
 * The answer to anything that was thrown. What is not a DomainError is a fault of ours: the caller gets no more
 * than a request id to tell us.
 */
export function errorResponse(error: unknown, requestId: string): ApiResponse {
  const known =
    error instanceof DomainError
      ? error
      : new DomainError('internal', 'Internal Server Error', { cause: error });
  const headers: Record<string, string> = {};
  if (known.code === 'unauthenticated') headers['www-authenticate'] = 'Bearer';
  if (known.retryAfterSec !== undefined) {
    headers['retry-after'] = String(Math.max(1, Math.ceil(known.retryAfterSec)));
  }
  return jsonResponse(
    STATUS[known.code],
    {
      success: false,
      error: known.message,
      code: known.code,
      ...(known.details.length > 0 ? { details: known.details } : {}),
      ...(known.data === undefined ? {} : { data: known.data }),
      requestId,
    },
    headers,
  );
}
