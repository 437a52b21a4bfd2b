import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse, stringify } from 'lossless-json';
import { packageRoot } from '../../../shared/files/package-root.js';

/** One recorded call. Integers beyond 2^53 are bigints: nothing of the recording is rounded. */
export interface Recording {
  readonly name: string;
  readonly request: {
    /** `-` marks something that is not a call. */
    readonly method: string;
    readonly path: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body?: unknown;
  };
  /** null = not kept. */
  readonly response: {
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly body?: unknown;
    readonly rawEndsWithNewline?: boolean;
  } | null;
  readonly note?: string;
}

function exactNumber(text: string): number | bigint {
  const value = Number(text);
  return Number.isInteger(value) && !Number.isSafeInteger(value) ? BigInt(text) : value;
}

export function parseExactly(text: string): unknown {
  return parse(text, null, { parseNumber: exactNumber });
}

/** The text of a recorded body: what was no JSON stands there as text. */
export function bodyText(body: unknown): string | undefined {
  if (body === undefined || typeof body === 'string') return body;
  return stringify(body);
}

/** The calls to a program of the first generation, in the order in which they were made. */
export function readRecordings(program: 'decisionmaker' | 'manager'): readonly Recording[] {
  const text = readFileSync(path.join(packageRoot(), `tests/wire/${program}.json`), 'utf8');
  return parseExactly(text) as readonly Recording[];
}
