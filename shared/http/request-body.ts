import { setImmediate as nextTurn } from 'node:timers/promises';
import type { z } from '@hono/zod-openapi';
import { DomainError, type Fault } from '../domain/domain-error.js';
import { firstJsonValue } from './first-json-value.js';
import { foldKeys } from './fold-keys.js';

/** DESIGN 9, "Body limits". */
export const DEFAULT_BODY_LIMIT_BYTES = 64 * 1024;

/** What is reported one by one; a list of millions of faults would not fit into the memory of the program. */
const MAX_FAULTS = 1_000;

/** Characters from which on decoding takes many milliseconds, so that others are answered between its steps. */
const LARGE_TEXT = 256 * 1024;

export interface DecodedBody<Body> {
  readonly body: Body;
  readonly unknownKeys: readonly string[];
}

/**
 * Reads and decodes a request's body with the leniency of the public API. Rejects with `too_large` above the
 * limit, with `malformed` and every wrong type when the schema does not take it.
 *
 * @param summary The text of a malformed answer, which differs between the public programs.
 */
export async function decodeBody<Schema extends z.ZodType>(
  request: Request,
  schema: Schema,
  limitBytes: number,
  summary: string,
): Promise<DecodedBody<z.output<Schema>>> {
  const text = await readText(request, limitBytes, summary);
  let parsed: unknown;
  try {
    parsed = firstJsonValue(text);
  } catch (error) {
    if (error instanceof DomainError && error.code === 'too_large') throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw malformed(summary, [{ field: '', reason }], error);
  }
  const isLarge = text.length > LARGE_TEXT;
  if (isLarge) await nextTurn();
  const { value, unknownKeys, wrongTypes } = foldKeys(parsed, schema);
  if (wrongTypes >= MAX_FAULTS) {
    throw malformed(summary, [{ field: '', reason: `${MAX_FAULTS} values or more are of a wrong type` }]);
  }
  if (isLarge) await nextTurn();
  const result = schema.safeParse(value);
  if (!result.success) throw malformed(summary, faultsOf(result.error));
  if (isLarge) await nextTurn();
  return { body: result.data, unknownKeys };
}

function malformed(summary: string, details: readonly Fault[], cause?: unknown): DomainError {
  return new DomainError('malformed', summary, { details, cause });
}

/** The faults zod found, in our words and with our paths; of very many the first ones. */
export function faultsOf(error: z.ZodError): Fault[] {
  const faults = error.issues
    .slice(0, MAX_FAULTS)
    .map((issue) => ({ field: pathText(issue.path), reason: issue.message }));
  const more = error.issues.length - faults.length;
  return more === 0 ? faults : [...faults, { field: '', reason: `and ${more} more` }];
}

function pathText(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`;
    return text === '' ? String(part) : `${text}.${String(part)}`;
  }, '');
}

async function readText(request: Request, limitBytes: number, summary: string): Promise<string> {
  const tooLarge = () =>
    new DomainError('too_large', `the body must be at most ${limitBytes} bytes: send less at a time`);
  const encoding = request.headers.get('content-encoding') ?? 'identity';
  if (!/^(identity)?$/i.test(encoding)) {
    const reason = `the body must be sent as it is, found content-encoding ${encoding}`;
    throw malformed(summary, [{ field: '', reason }]);
  }
  if (Number(request.headers.get('content-length') ?? 0) > limitBytes) throw tooLarge();
  if (request.body === null) return '';
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const chunk of request.body as unknown as AsyncIterable<Uint8Array>) {
      length += chunk.byteLength;
      if (length > limitBytes) throw tooLarge();
      chunks.push(chunk);
    }
  } catch (error) {
    if (error instanceof DomainError) throw error;
    // The caller has gone, or was too slow: no fault of this process, and nobody is left to hear of it.
    throw malformed(summary, [{ field: '', reason: 'the connection ended before the body did' }], error);
  }
  return Buffer.concat(chunks).toString('utf8');
}
