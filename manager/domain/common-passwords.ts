import { dictionary } from '@zxcvbn-ts/language-common';

let ranks: ReadonlyMap<string, number> | undefined;

/** How often others chose this word as a password: 1 = most often. Undefined for what is not in the list. */
export function commonPasswordRank(word: string): number | undefined {
  // Made at the first use: most managers never see a new password between two starts.
  ranks ??= new Map(dictionary['passwords-common'].map((common, index) => [common, index + 1]));
  return ranks.get(word);
}
