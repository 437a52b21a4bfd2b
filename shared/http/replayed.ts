import { z } from '@hono/zod-openapi';
import type { ApiResponse } from './answers.js';

/** The header, for the document. */
export const idempotencyKeyHeader = z.object({
  'Idempotency-Key': z
    .string()
    .optional()
    .openapi({
      description:
        'Up to 255 visible characters of your choice. The same request with the same key makes one thing, for ' +
        '24 hours, however often it is sent; what was answered first is answered again, with Idempotency-Replayed: true',
    }),
});

/** Says of an answer that an earlier request with the same Idempotency-Key got it first. */
export function asReplayed(response: ApiResponse, replayed: boolean): ApiResponse {
  return replayed
    ? { ...response, headers: { ...response.headers, 'idempotency-replayed': 'true' } }
    : response;
}
