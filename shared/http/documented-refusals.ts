import { errorEnvelope } from '../contract/envelope.js';
import type { ErrorCode } from '../domain/domain-error.js';
import { statusOf } from './error-response.js';
import type { Route } from './route.js';

/** What a code means to whoever reads the document. */
const MEANING: Readonly<Record<ErrorCode, string>> = {
  malformed: 'The body is not what the route reads.',
  invalid: 'A value is against its rule; `details` has all of them.',
  unauthenticated: 'There is no token, or none that is good.',
  forbidden: 'The caller may not do this, or must change the password first.',
  not_found: 'There is no such thing, or none that the caller may know of.',
  conflict: 'Somebody else was faster, or it is taken.',
  too_large: 'The body is too large.',
  throttled: 'Too often: try again after `Retry-After` seconds.',
  internal: 'A fault of ours: tell us the `requestId`.',
  unavailable: 'Something that this needs is not there now: try again after `Retry-After` seconds.',
};

interface DocumentedRefusal {
  readonly description: string;
  readonly content: { readonly 'application/json': { readonly schema: typeof errorEnvelope } };
}

/** Every status a route may refuse a call with, by what the route takes and asks for and by what it says itself. */
export function documentedRefusals(
  definition: Route<unknown>['definition'],
): Record<number, DocumentedRefusal> {
  const { access, params, query, body, refusals = [] } = definition;
  const codes: ErrorCode[] = [...refusals];
  if (access.kind !== 'open') codes.push('unauthenticated', 'forbidden');
  if (body !== undefined) codes.push('malformed', 'too_large');
  if (body !== undefined || params !== undefined || query !== undefined) codes.push('invalid');
  return Object.fromEntries(codes.map((code) => [statusOf(code), refusal(MEANING[code])]));
}

/** An answer in the error envelope. */
export function refusal(description: string): DocumentedRefusal {
  return { description, content: { 'application/json': { schema: errorEnvelope } } };
}
