import { z } from '@hono/zod-openapi';
import { int64 } from '../../../shared/contract/wire-integer.js';

/** Spelled `podId` here and `podID` in a set; both are read in any case. */
export const deleteIntentsRequest = z
  .object({
    podId: z.string().default(''),
    pid: int64().optional(),
    all: z.boolean().default(false),
  })
  .openapi('DeleteIntents');
