/** Control, format (such as those that turn the writing direction), private and unassigned characters; separators of lines. */
const UNSEEN = /[\p{C}\p{Zl}\p{Zp}]/u;

/** Whether a text holds what nobody sees, and so may look like another text. */
export function hasUnseen(text: string): boolean {
  return UNSEEN.test(text);
}
