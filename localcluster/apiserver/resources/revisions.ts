import { ApiError } from '../errors/api-error.js';
import { badRequest, tooLargeResourceVersion } from '../errors/refusals.js';

const NUMBER = /^\d{1,16}$/;

/** Reads a resource version that a client got from us. Empty counts as 0. Throws a 400 refusal. */
export function parseRevision(text: string): number {
  if (text === '') return 0;
  if (NUMBER.test(text)) return Number(text);
  throw badRequest(`invalid resource version: ${revisionFault(text)}`);
}

/** The fault of a text that is no resource version; undefined when it is one. */
export function revisionFault(text: string): string | undefined {
  if (text === '' || NUMBER.test(text)) return undefined;
  const quoted = JSON.stringify(text);
  return `resourceVersion: Invalid value: ${quoted}: strconv.ParseUint: parsing ${quoted}: invalid syntax`;
}

/** Refuses a revision that is still to come: who asks for it knows another server's. */
export function assertReached(asked: number, current: number): void {
  if (asked > current) throw tooLargeResourceVersion(asked, current);
}

/** What a client is told whose resource version history no longer reaches back to. */
export function tooOld(asked: number, oldest: number): ApiError {
  return new ApiError(410, 'Expired', `too old resource version: ${asked} (${oldest})`);
}
