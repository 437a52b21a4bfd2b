/** One thing that is wrong with an input: where it stands and what was expected there. */
export interface Fault {
  /** Path of the value in the input, such as `labelSelectors[0].key`. */
  readonly field: string;
  readonly reason: string;
}

/**
 * Why a request was refused, in the product's own words. The HTTP status of each code is decided in one place,
 * shared/http/error-response.ts.
 */
export type ErrorCode =
  /** The bytes are not what the route reads: broken JSON, a wrong JSON type. */
  | 'malformed'
  /** Readable, but against a rule. `details` lists every fault. */
  | 'invalid'
  | 'unauthenticated'
  | 'forbidden'
  | 'not_found'
  | 'conflict'
  | 'too_large'
  | 'throttled'
  /** Something this process needs is not there now; trying again later may help. */
  | 'unavailable'
  | 'internal';

interface Extras {
  readonly details?: readonly Fault[];
  /** Machine-readable facts for the caller, sent as `data` of the error envelope. */
  readonly data?: Readonly<Record<string, unknown>>;
  /** How long to wait before trying again; `throttled` and `unavailable` say 1 s where nothing better is known. */
  readonly retryAfterSec?: number;
  readonly cause?: unknown;
}

/** A refusal with a code from a closed union. Messages say what was expected, what was found and what to do. */
export class DomainError extends Error {
  override readonly name = 'DomainError';
  readonly code: ErrorCode;
  readonly details: readonly Fault[];
  readonly data: Readonly<Record<string, unknown>> | undefined;
  readonly retryAfterSec: number | undefined;

  constructor(code: ErrorCode, message: string, extras: Extras = {}) {
    super(message, extras.cause === undefined ? undefined : { cause: extras.cause });
    this.code = code;
    this.details = extras.details ?? [];
    this.data = extras.data;
    this.retryAfterSec =
      extras.retryAfterSec ?? (code === 'throttled' || code === 'unavailable' ? 1 : undefined);
  }
}

/** An `invalid` refusal that lists every fault; the message repeats them so that it reads well alone. */
export function invalid(faults: readonly Fault[]): DomainError {
  const message = faults.map((fault) => `${fault.field}: ${fault.reason}`).join('; ');
  return new DomainError('invalid', message, { details: faults });
}

/** The text of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
