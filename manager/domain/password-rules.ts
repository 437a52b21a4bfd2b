import type { Fault } from '../../shared/domain/domain-error.js';
import { guessBits } from './password-guesses.js';

export const SHORTEST_PASSWORD = 12;
export const LONGEST_PASSWORD = 128;

/** What is looked at, at a sign-in too: longer texts than any password would only cost time. */
export const LONGEST_PASSWORD_INPUT = 1_024;

/** A common password with some digits has less than 25 bits, three common words that have nothing to do with each other more than 35. */
const FEWEST_GUESS_BITS = 30;

/** Printed in the first implementation's configuration, and so in every cracker's list. */
const PUBLISHED_PASSWORD = 'your-password-here';

/** Shorter names occur in honest passwords. */
const SHORTEST_NAME_TO_FIND = 4;

/** What is wrong with a new password; empty when nothing is. Lengths count characters. */
export function passwordFaults(field: string, password: string, username: string): Fault[] {
  const normal = normalPassword(password);
  const length = [...normal].length;
  const fault = (reason: string): Fault => ({ field, reason });
  const faults: Fault[] = [];
  if (length < SHORTEST_PASSWORD || length > LONGEST_PASSWORD) {
    faults.push(fault(`must have ${SHORTEST_PASSWORD} to ${LONGEST_PASSWORD} characters, found ${length}`));
  }
  if (!isWellFormed(password)) faults.push(fault('must be text, found half a character'));
  const names = namesIn(username);
  if (resemblesName(normal.toLowerCase(), names))
    faults.push(fault('must not be, contain or be a part of the user name'));
  else if (length >= SHORTEST_PASSWORD && length <= LONGEST_PASSWORD) {
    const words = [...names, PUBLISHED_PASSWORD];
    if (guessBits(normal, words) < FEWEST_GUESS_BITS) faults.push(fault(TOO_COMMON));
  }
  return faults;
}

const TOO_COMMON =
  'is too easy to guess, being made of common passwords, sequences or repetitions: take several words that have nothing to do with each other';

/**
 * The form that is hashed: the same text typed on another system, composed or decomposed, in full or half width, is
 * the same password (NFKC, as NIST SP 800-63B 5.1.1.2 advises).
 */
export function normalPassword(password: string): string {
  return password.normalize('NFKC');
}

/**
 * What may have been hashed when this password was set, the likely form first: ours, and as it was typed, which the
 * first implementation hashed.
 */
export function passwordForms(password: string): readonly string[] {
  const normal = normalPassword(password);
  return normal === password ? [normal] : [normal, password];
}

/** Whether it stands in a configuration that anybody can read. */
export function isPublished(password: string): boolean {
  return normalPassword(password).toLowerCase() === PUBLISHED_PASSWORD;
}

/** The name, and for an address what stands before the @; in lower case. */
function namesIn(username: string): string[] {
  const name = normalPassword(username).toLowerCase();
  const local = name.split('@', 1)[0] ?? '';
  return [...new Set([name, local])].filter((text) => text !== '');
}

function resemblesName(password: string, names: readonly string[]): boolean {
  const contains = (text: string, part: string) =>
    part.length >= SHORTEST_NAME_TO_FIND && text.includes(part);
  return names.some((name) => name === password || contains(password, name) || contains(name, password));
}

/** `String.prototype.isWellFormed`, which the compiler's library does not know yet. */
function isWellFormed(text: string): boolean {
  return !/\p{Surrogate}/u.test(text);
}
