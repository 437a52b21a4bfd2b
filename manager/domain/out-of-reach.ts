import { DomainError } from '../../shared/domain/domain-error.js';

/**
 * The public answer for something that is not there, or is not the caller's to know of: nobody finds out by refusals
 * what others have.
 *
 * @param refusal Why the caller may not, where there is such a thing: for the audit log, not for the caller.
 */
export function outOfReach(what: string, verb: string, refusal?: string): DomainError {
  const cause = refusal === undefined ? undefined : new DomainError('forbidden', refusal);
  return new DomainError('not_found', `${what} not found or you don't have permission to ${verb} it`, {
    cause,
  });
}
