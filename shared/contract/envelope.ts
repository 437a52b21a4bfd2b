import { z } from '@hono/zod-openapi';
import type { ErrorCode, Fault } from '../domain/domain-error.js';

export { wireTimestamp } from '../domain/wire-timestamp.js';

export interface SuccessEnvelope<Data> {
  readonly success: true;
  /** Left out where a route returns nothing. */
  readonly data?: Data;
  readonly timestamp: string;
}

export interface ErrorEnvelope {
  readonly success: false;
  readonly error: string;
  readonly code: ErrorCode;
  readonly details?: readonly Fault[];
  readonly data?: Readonly<Record<string, unknown>>;
  readonly requestId: string;
}

const timestampSchema = z.string().openapi({ format: 'date-time', example: '2026-01-02T03:04:05Z' });

/** The schema of a success that carries nothing. */
export const emptySuccess = z.object({ success: z.literal(true), timestamp: timestampSchema });

/** The schema of a success that carries `data`. */
export function successOf<Data extends z.ZodType>(data: Data) {
  return emptySuccess.extend({ data });
}

export const errorEnvelope = z
  .object({
    success: z.literal(false),
    error: z.string().openapi({ description: 'What was expected, what was found and what to do.' }),
    code: z.string().openapi({ example: 'invalid' }),
    details: z
      .array(z.object({ field: z.string(), reason: z.string() }))
      .optional()
      .openapi({ description: 'Every fault of the request, not only the first.' }),
    data: z.record(z.string(), z.unknown()).optional(),
    requestId: z.string(),
  })
  .openapi('Error');
