import { DomainError, type ErrorCode } from '../shared/domain/domain-error.js';
import { Refusal } from './client/refusal.js';

/** What a script can go by (docs/CLI.md). */
export const EXIT = {
  ok: 0,
  failure: 1,
  /** Arguments, a file or values that are not as they must be. */
  usage: 2,
  notSignedIn: 3,
  forbidden: 4,
  notFound: 5,
  conflict: 6,
  /** No answer, or the server cannot now: later it may. */
  unavailable: 7,
  /** The shell's number for a program that Ctrl-C ended. */
  interrupted: 130,
} as const;

const OF_CODE: Readonly<Record<ErrorCode, number>> = {
  malformed: EXIT.usage,
  invalid: EXIT.usage,
  too_large: EXIT.usage,
  unauthenticated: EXIT.notSignedIn,
  forbidden: EXIT.forbidden,
  not_found: EXIT.notFound,
  conflict: EXIT.conflict,
  throttled: EXIT.unavailable,
  unavailable: EXIT.unavailable,
  internal: EXIT.failure,
};

/** The exit code for what ended a command. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof Refusal) return OF_CODE[error.facts.code] ?? EXIT.failure;
  if (error instanceof DomainError) return OF_CODE[error.code];
  return EXIT.failure;
}
