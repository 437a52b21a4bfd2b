import type { ApiResponse } from './answers.js';

/** Says of an answer that an earlier request with the same Idempotency-Key got it first. */
export function asReplayed(response: ApiResponse, replayed: boolean): ApiResponse {
  return replayed
    ? { ...response, headers: { ...response.headers, 'idempotency-replayed': 'true' } }
    : response;
}
