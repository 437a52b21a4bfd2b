import { z } from '@hono/zod-openapi';
import { int64 } from '../contract/wire-integer.js';
import { invalid } from '../domain/domain-error.js';
import type { ApiResponse } from './answers.js';
import type { Caller } from './route.js';

/** A strong tag of ours, a weakened one as some proxies make it, or the bare number. */
const REVISION = /^(?:W\/)?"?(\d{1,15})"?$/;

/** The headers and the field that say it, for the document. */
export const ifMatchHeader = z.object({
  'If-Match': z.string().optional().openapi({
    example: '"3"',
    description: 'The ETag of an earlier answer: 409 with `data.revision` when it is another one by now',
  }),
});

export const entityTagHeader = z.object({
  ETag: z.string().openapi({ example: '"3"', description: 'The revision, for If-Match' }),
});

export const revisionField = int64()
  .optional()
  .openapi({ description: 'Refuse with 409 when it is another one by now; the same as If-Match' });

/**
 * The revision that a change is based on: from `If-Match: "<revision>"`, or from the body. Undefined when neither says
 * one: the change is then made to whatever is there. What cannot be read is refused, never taken for "whatever".
 */
export function expectedRevision(
  caller: Caller,
  inBody: number | bigint | undefined = undefined,
): number | undefined {
  const inHeader = revisionIn(caller.header('if-match'));
  const given = inBody === undefined ? undefined : Number(inBody);
  if (inHeader !== undefined && given !== undefined && inHeader !== given) {
    throw invalid([
      { field: 'revision', reason: `is ${given}, and If-Match says ${inHeader}: give one of them` },
    ]);
  }
  return inHeader ?? given;
}

function revisionIn(header: string | undefined): number | undefined {
  const text = header?.trim();
  if (text === undefined || text === '*') return undefined;
  const digits = REVISION.exec(text)?.[1];
  if (digits !== undefined) return Number(digits);
  throw invalid([
    { field: 'If-Match', reason: `must be one revision in quotes, found ${JSON.stringify(text)}` },
  ]);
}

/** The answer with the tag that `If-Match` takes. */
export function withRevision(response: ApiResponse, revision: number): ApiResponse {
  return { ...response, headers: { ...response.headers, etag: `"${revision}"` } };
}
