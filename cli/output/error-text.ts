import { DomainError, messageOf } from '../../shared/domain/domain-error.js';
import { Refusal } from '../client/refusal.js';
import { harmlessText } from './harmless-text.js';

/** What ended a command, for people: the reason, each fault on a line of its own, and what to do about it. */
export function errorText(error: unknown): string {
  const [reason, ...faults] = errorLines(error);
  if (!(error instanceof Refusal)) return `podium: ${reason}\n`;
  const { requestId, code } = error.facts;
  const hint = hintFor(code, error.message);
  return [
    `podium: ${reason}${requestId === undefined ? '' : ` (request ${harmlessText(requestId)})`}`,
    ...faults.map((fault) => `  ${fault}`),
    ...(hint === undefined ? [] : [hint]),
    '',
  ].join('\n');
}

/** The reason, and each of several faults. */
export function errorLines(error: unknown): readonly [string, ...string[]] {
  if (!(error instanceof Refusal)) return [plainText(error)];
  const { details } = error.facts;
  // The message of a refusal with details repeats them all in one line.
  if (details.length < 2) return [harmlessText(error.message)];
  return [
    'the server refused what was sent',
    ...details.map(({ field, reason }) => harmlessText(`${field}: ${reason}`)),
  ];
}

/** A refusal of ours reads as it is; anything else is a fault, and its stack helps to mend it. */
function plainText(error: unknown): string {
  if (error instanceof DomainError) return harmlessText(error.message);
  return error instanceof Error ? (error.stack ?? error.message) : messageOf(error);
}

function hintFor(code: string, message: string): string | undefined {
  if (code === 'forbidden' && message === 'password change required') {
    return '  Change it with `podium password`, or sign in again with `podium login`.';
  }
  // Not after a wrong password: then the hint is what was just done.
  if (code === 'unauthenticated' && /token/i.test(message)) {
    return '  Sign in again with `podium login`, or set PODIUM_TOKEN to another token.';
  }
  if (code === 'forbidden') return '  `podium whoami` shows what you may do.';
  return undefined;
}
