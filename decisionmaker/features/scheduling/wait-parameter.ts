import { DomainError } from '../../../shared/domain/domain-error.js';

export const MAX_WAIT_SECONDS = 60;

/** Milliseconds that a caller is willing to wait; undefined = it is not. Throws `malformed` for anything else. */
export function waitMsOf(wait: string | undefined): number | undefined {
  if (wait === undefined) return undefined;
  const seconds = /^\d{1,2}$/.test(wait) ? Number(wait) : 0;
  if (seconds >= 1 && seconds <= MAX_WAIT_SECONDS) return seconds * 1_000;
  const reason = `must be a whole number of seconds from 1 to ${MAX_WAIT_SECONDS}, found ${JSON.stringify(wait.slice(0, 40))}`;
  throw new DomainError('malformed', `wait: ${reason}`, { details: [{ field: 'wait', reason }] });
}
