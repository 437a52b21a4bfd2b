import type { CompletionNode, CompletionOption } from './command-tree.js';

/** For fish from 3.0 on. */
export function fishScript(nodes: readonly CompletionNode[]): string {
  const paths = nodes.map(({ path }) => path).filter((path) => path !== '');
  return `# fish completion of podium: podium completion fish | source
set -g __podium_paths ${paths.map(quoted).join(' ')}
function __podium_at
  set -l at ''
  set -l typed (commandline -opc)
  for word in $typed[2..-1]
    set -l next (string trim -- "$at $word")
    if contains -- $next $__podium_paths
      set at $next
    end
  end
  test "$at" = "$argv[1]"
end
complete -c podium -f
${nodes.flatMap(linesOf).join('\n')}
`;
}

function linesOf({ path, commands, choices, options }: CompletionNode): readonly string[] {
  const start = `complete -c podium -n ${quoted(`__podium_at ${quoted(path)}`)}`;
  return [
    ...commands.map(({ word, description }) => `${start} -a ${quoted(word)} -d ${quoted(description)}`),
    ...choices.map((word) => `${start} -a ${quoted(word)}`),
    ...options.map((option) => `${start}${flags(option)}${value(option)} -d ${quoted(option.description)}`),
  ];
}

function flags({ words }: CompletionOption): string {
  return words
    .map((word) => (word.startsWith('--') ? ` -l ${word.slice(2)}` : ` -s ${word.slice(1)}`))
    .join('');
}

function value({ value: kind }: CompletionOption): string {
  if (kind === 'none') return '';
  if (kind === 'file') return ' -r -F';
  return kind === 'any' ? ' -x' : ` -x -a ${quoted(kind.join(' '))}`;
}

/** In fish's single quotes only the quote and the backslash are special. */
function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
