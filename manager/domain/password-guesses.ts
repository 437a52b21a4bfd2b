import { commonPasswordRank } from './common-passwords.js';

const LONGEST_WORD = 24;
const SHORTEST_WORD = 3;
const SHORTEST_RUN = 3;
const SHORTEST_ROW_PART = 4;

/** What every guessing program tries first, forwards and backwards. */
const KEYBOARD_ROWS = [
  'qwertyuiop',
  'qwertzuiop',
  'azertyuiop',
  'asdfghjkl',
  'zxcvbnm',
  'yxcvbnm',
  '1234567890',
  '1qaz2wsx3edc4rfv5tgb6yhn7ujm',
  '!@#$%^&*()',
].flatMap((row) => [row, [...row].reverse().join('')]);

const LOOK_ALIKES: Readonly<Record<string, string>> = {
  '0': 'o',
  '1': 'l',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
  '@': 'a',
  $: 's',
  '!': 'i',
};

/** Bits for the choice of one more part. */
const PART_BITS = 1;
/** Of the part before it. */
const REPETITION_BITS = 1;
const RUN_BITS = 5;
const ROW_BITS = 5;
const YEAR_BITS = 7;
const DISGUISE_BITS = 1;

/**
 * How many bits of guesses a password withstands at most: the cheapest way to make it of common passwords, runs,
 * rows of the keyboard, years, repetitions and single characters (a small sibling of zxcvbn, Wheeler 2016).
 *
 * @param knownWords What a guesser knows of this user, such as the user name; lower case.
 */
export function guessBits(password: string, knownWords: readonly string[]): number {
  const characters = [...password];
  const best = [0];
  for (let end = 1; end <= characters.length; end++) {
    let cheapest = Number.POSITIVE_INFINITY;
    for (let start = 0; start < end; start++) {
      const bits = partBits(characters, start, end, knownWords);
      cheapest = Math.min(cheapest, (best[start] ?? 0) + bits + PART_BITS);
    }
    best.push(cheapest);
  }
  return best.at(-1) ?? 0;
}

function partBits(
  characters: readonly string[],
  start: number,
  end: number,
  knownWords: readonly string[],
): number {
  const length = end - start;
  if (isRepetition(characters, start, end)) return REPETITION_BITS;
  if (length === 1) return characterBits(characters[start] ?? '');
  if (length >= SHORTEST_RUN && isRun(characters, start, end)) return RUN_BITS + Math.log2(length);
  if (length > LONGEST_WORD || length < SHORTEST_WORD) return Number.POSITIVE_INFINITY;
  return textBits(characters.slice(start, end).join(''), knownWords);
}

function textBits(text: string, knownWords: readonly string[]): number {
  const lower = text.toLowerCase();
  const isRow = lower.length >= SHORTEST_ROW_PART && KEYBOARD_ROWS.some((row) => row.includes(lower));
  return Math.min(
    isRow ? ROW_BITS : Number.POSITIVE_INFINITY,
    /^(19|20)\d\d$/.test(lower) ? YEAR_BITS : Number.POSITIVE_INFINITY,
    wordBits(lower, knownWords) + (lower === text ? 0 : DISGUISE_BITS),
  );
}

function wordBits(lower: string, knownWords: readonly string[]): number {
  const plain = [...lower].map((character) => LOOK_ALIKES[character] ?? character).join('');
  const backwards = [...lower].reverse().join('');
  return Math.min(
    rankBits(lower, knownWords),
    rankBits(plain, knownWords) + DISGUISE_BITS,
    rankBits(backwards, knownWords) + DISGUISE_BITS,
  );
}

function rankBits(word: string, knownWords: readonly string[]): number {
  const rank = knownWords.includes(word) ? 1 : commonPasswordRank(word);
  return rank === undefined ? Number.POSITIVE_INFINITY : Math.log2(rank + 1);
}

/** Whether the part says once more what stands right before it. */
function isRepetition(characters: readonly string[], start: number, end: number): boolean {
  const length = end - start;
  if (length > start) return false;
  for (let place = start; place < end; place++) {
    if (characters[place]?.toLowerCase() !== characters[place - length]?.toLowerCase()) return false;
  }
  return true;
}

/** Such as aaaa, abcd or 4321. */
function isRun(characters: readonly string[], start: number, end: number): boolean {
  const codes = characters.slice(start, end).map((character) => character.codePointAt(0) ?? 0);
  const step = (codes[1] ?? 0) - (codes[0] ?? 0);
  if (Math.abs(step) > 1) return false;
  return codes.every((code, index) => index === 0 || code - (codes[index - 1] ?? 0) === step);
}

function characterBits(character: string): number {
  if (/^\d$/.test(character)) return Math.log2(10);
  if (/^[a-z]$/.test(character)) return Math.log2(26);
  if (/^[A-Z]$/.test(character)) return Math.log2(26) + DISGUISE_BITS;
  return Math.log2(40);
}
