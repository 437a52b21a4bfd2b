import { RE2JS } from 're2js';
import { messageOf } from './domain-error.js';

/** Longest regex a strategy may carry, in characters (DESIGN 3). */
export const MAX_PATTERN_LENGTH = 256;

/** A compiled command regex. Matching takes time linear in the text, whatever the pattern. */
export interface CommandPattern {
  readonly source: string;
  /** True when the pattern occurs anywhere in `text`; the empty pattern is in every text. */
  matches(text: string): boolean;
}

export type PatternResult =
  | { readonly ok: true; readonly pattern: CommandPattern }
  | { readonly ok: false; readonly reason: string };

/**
 * Compiles a regex with the meaning of Go's RE2: linear time, unanchored, case-sensitive, no look-around and no
 * back-references. Never throws; a pattern that does not compile or is too long comes back with the reason.
 */
export function compileCommandPattern(source: string): PatternResult {
  const length = [...source].length;
  if (length > MAX_PATTERN_LENGTH) {
    return { ok: false, reason: `must be at most ${MAX_PATTERN_LENGTH} characters, found ${length}` };
  }
  try {
    const compiled = RE2JS.compile(source);
    const matches = (text: string) => compiled.test(text);
    return { ok: true, pattern: { source, matches } };
  } catch (error) {
    return { ok: false, reason: `is not a valid RE2 expression: ${messageOf(error)}` };
  }
}
