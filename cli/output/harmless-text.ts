/** What a terminal would obey, or people would not see: controls, direction marks, line separators, lone surrogates. */
const NOT_FOR_TERMINALS = /[\p{C}\p{Zl}\p{Zp}]/gu;

/** What of these may stand unescaped in the text of a JSON or YAML document. */
const NOT_FOR_DOCUMENTS = /[^\P{C}\n]|[\p{Zl}\p{Zp}]/gu;

const NAMED: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/**
 * Text of the server's as a terminal may show it, on one line. Names and labels are written by whoever may write
 * them, and an escape sequence in one could clear the screen or retitle the window of an administrator.
 */
export function harmlessText(text: string): string {
  return text.replace(NOT_FOR_TERMINALS, escaped);
}

/** Whether the text would be changed. */
export function isHarmless(text: string): boolean {
  return text.search(NOT_FOR_TERMINALS) === -1;
}

/** A JSON document that means the same and holds nothing that a terminal would obey. */
export function harmlessJson(json: string): string {
  return json.replace(NOT_FOR_DOCUMENTS, asJsonEscape);
}

function escaped(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x100) return NAMED[character] ?? `\\x${code.toString(16).padStart(2, '0')}`;
  return code < 0x10000 ? `\\u${code.toString(16).padStart(4, '0')}` : `\\u{${code.toString(16)}}`;
}

/** In UTF-16 units, as JSON has it, and YAML's double-quoted text understands it too. */
function asJsonEscape(character: string): string {
  return [...Array(character.length).keys()]
    .map((index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`)
    .join('');
}
