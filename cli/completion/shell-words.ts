import type { CompletionNode, CompletionOption } from './command-tree.js';

/** A text in single quotes, as bash and zsh read it. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** The pattern of a `case` for a word that leads from one command to the next, as `path|word`. */
export function pathPattern(nodes: readonly CompletionNode[]): string {
  return nodes
    .flatMap(({ path, commands }) => commands.map(({ word }) => quoted(`${path}|${word}`)))
    .join(' | ');
}

export interface ValueActions {
  readonly file: () => string;
  readonly choices: (words: readonly string[]) => string;
  readonly any: () => string;
}

/** The arms of a `case` on `path|option`, for options that take a value. */
export function afterOption(nodes: readonly CompletionNode[], actions: ValueActions): string {
  const arms = new Map<string, string[]>();
  for (const { path, options } of nodes) {
    for (const { words, value } of options) {
      const action = actionFor(value, actions);
      if (action === undefined) continue;
      const patterns = arms.get(action) ?? [];
      patterns.push(...words.map((word) => quoted(`${path}|${word}`)));
      arms.set(action, patterns);
    }
  }
  return [...arms].map(([action, patterns]) => `    ${patterns.join(' | ')}) ${action} ;;`).join('\n');
}

function actionFor(value: CompletionOption['value'], actions: ValueActions): string | undefined {
  if (value === 'none') return undefined;
  if (value === 'file') return actions.file();
  return value === 'any' ? actions.any() : actions.choices(value);
}
