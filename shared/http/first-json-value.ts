import { parse as parseLossless } from 'lossless-json';
import { DomainError, messageOf } from '../domain/domain-error.js';

/** Deeper nesting than any body of ours has; a bound for everything that walks a parsed body. */
const MAX_DEPTH = 64;
/** A full set of a node has half of them. Parsing more would hold up the program for seconds. */
const MAX_VALUES = 2_000_000;

/**
 * Reads the first JSON value of a text the way the public API's decoder does (contract 1.1): what follows the
 * value is ignored, the last of several equal keys wins. Integers that a double cannot hold come out as bigint,
 * and numbers that are not written as plain integers (`1.5`, `2e7`, `1.0`) as numbers that no integer schema
 * takes. Throws `malformed` with the place of the fault, and `too_large` for more values than any body of ours has.
 */
export function firstJsonValue(text: string): unknown {
  const { start, end, plainNumbers } = scanFirstValue(text);
  const value = text.slice(start, end);
  try {
    if (plainNumbers) return JSON.parse(value);
    return parseLossless(value, null, { parseNumber: wireNumber, onDuplicateKey: (info) => info.newValue });
  } catch (error) {
    throw malformed(messageOf(error));
  }
}

/** More than any integer of ours has. Reading millions of digits exactly would hold up the program for seconds. */
const MAX_DIGITS = 32;

function wireNumber(text: string): number | bigint {
  if (text.length > MAX_DIGITS) return Number.NaN;
  if (!/^-?\d+$/.test(text)) {
    const value = Number(text);
    return Number.isInteger(value) ? Number.NaN : value;
  }
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : BigInt(text);
}

interface Extent {
  readonly start: number;
  readonly end: number;
  /** Every number is a short plain integer, so the fast parser loses nothing. */
  readonly plainNumbers: boolean;
}

const DIGITS_A_DOUBLE_HOLDS = 15;

/** Finds where the first value ends, without judging its grammar: the parser does that. */
function scanFirstValue(text: string): Extent {
  const start = skip(text, 0, isSpace);
  if (start === text.length) throw malformed('the body is empty');
  let at = start;
  let depth = 0;
  let plainNumbers = true;
  let values = 1;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      at = endOfString(text, at);
    } else if (isOpening(code)) {
      depth++;
      if (depth > MAX_DEPTH) throw malformed(`it is nested deeper than ${MAX_DEPTH} levels`);
      at++;
      continue;
    } else if (isClosing(code)) {
      depth--;
      at++;
    } else if (isDigitOrMinus(code)) {
      const integerEnd = skip(text, at, isDigitOrMinus);
      const numberEnd = skip(text, integerEnd, isNumberPart);
      plainNumbers &&= numberEnd === integerEnd && integerEnd - at <= DIGITS_A_DOUBLE_HOLDS;
      at = numberEnd;
    } else if (isLetter(code)) {
      at = skip(text, at, isLetter);
    } else {
      if (code === COMMA && ++values > MAX_VALUES) {
        throw new DomainError(
          'too_large',
          `the body must hold at most ${MAX_VALUES} values: send less at a time`,
        );
      }
      // Space and separators between values; anything else is for the parser to complain about.
      at++;
      continue;
    }
    if (depth <= 0) break;
  }
  return { start, end: at, plainNumbers };
}

function skip(text: string, from: number, isPart: (code: number) => boolean): number {
  let at = from;
  while (at < text.length && isPart(text.charCodeAt(at))) at++;
  return at;
}

function endOfString(text: string, openingQuote: number): number {
  let at = openingQuote + 1;
  for (;;) {
    const quote = text.indexOf('"', at);
    if (quote === -1) throw malformed('a string is not closed');
    let backslashes = 0;
    while (text.charCodeAt(quote - 1 - backslashes) === BACKSLASH) backslashes++;
    if (backslashes % 2 === 0) return quote + 1;
    at = quote + 1;
  }
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;

function isOpening(code: number): boolean {
  return code === 0x7b || code === 0x5b;
}

function isClosing(code: number): boolean {
  return code === 0x7d || code === 0x5d;
}

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
}

function isDigitOrMinus(code: number): boolean {
  return (code >= 0x30 && code <= 0x39) || code === 0x2d;
}

/** What may follow the digits of an integer and make it another number: one of `+.eE`, and more digits. */
function isNumberPart(code: number): boolean {
  return isDigitOrMinus(code) || code === 0x2b || code === 0x2e || code === 0x65 || code === 0x45;
}

function isLetter(code: number): boolean {
  return code >= 0x61 && code <= 0x7a;
}

function malformed(reason: string): DomainError {
  return new DomainError('malformed', `the body is not JSON: ${reason}`);
}
