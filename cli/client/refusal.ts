import type { ErrorCode, Fault } from '../../shared/domain/domain-error.js';

export interface RefusalFacts {
  readonly status: number;
  /** Of the server's error table where it told one. */
  readonly code: ErrorCode;
  readonly details: readonly Fault[];
  readonly data: Readonly<Record<string, unknown>>;
  /** Undefined when the answer did not come from a manager. */
  readonly requestId: string | undefined;
}

/** What the server answered instead of what was asked for, in its own words. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly facts: RefusalFacts;

  constructor(message: string, facts: RefusalFacts) {
    super(message);
    this.facts = facts;
  }
}

/** The code for a status, for an answer that does not tell one. */
export function codeOfStatus(status: number): ErrorCode {
  switch (status) {
    case 400:
      return 'malformed';
    case 401:
      return 'unauthenticated';
    case 403:
      return 'forbidden';
    case 404:
      return 'not_found';
    case 409:
    case 412:
      return 'conflict';
    case 413:
      return 'too_large';
    case 422:
      return 'invalid';
    case 429:
      return 'throttled';
    case 502:
    case 503:
    case 504:
      return 'unavailable';
    default:
      return 'internal';
  }
}
