import { DomainError } from './domain-error.js';

/** Refuses a change that is based on another revision than the one that is there. */
export function refuseOtherRevision(what: string, expected: number | undefined, current: number): void {
  if (expected === undefined || expected === current) return;
  throw new DomainError(
    'conflict',
    `the ${what} was changed in the meantime: expected revision ${expected}, found ${current}: read it and try again`,
    { data: { revision: current } },
  );
}

/** The refusal of a change that somebody else was faster than. */
export function overtaken(what: string, current: number): DomainError {
  const text = `the ${what} was changed at the same time: read it and try again`;
  return new DomainError('conflict', text, { data: { revision: current } });
}
