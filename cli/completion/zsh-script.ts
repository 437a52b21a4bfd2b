import type { CompletionNode } from './command-tree.js';
import { afterOption, pathPattern, quoted } from './shell-words.js';

/** For zsh with its completion system started (compinit). */
export function zshScript(nodes: readonly CompletionNode[]): string {
  return `#compdef podium
# zsh completion of podium: source <(podium completion zsh)
_podium() {
  local path_='' i
  local -a found
  for ((i = 2; i < CURRENT; i++)); do
    case "$path_|\${words[i]}" in
      (${pathPattern(nodes)}) path_="\${path_:+$path_ }\${words[i]}" ;;
    esac
  done
  case "$path_|\${words[CURRENT-1]}" in
${afterOption(nodes, {
  file: () => '_files; return',
  choices: (words) => `compadd -- ${words.map(quoted).join(' ')}; return`,
  any: () => 'return',
}).replaceAll(/^ {4}/gm, '    (')}
  esac
  case "$path_" in
${nodes.map((node) => `    (${quoted(node.path)}) found=(${described(node)}) ;;`).join('\n')}
  esac
  _describe podium found
}
compdef _podium podium
`;
}

function described({ commands, choices, options }: CompletionNode): string {
  return [
    ...commands,
    ...choices.map((word) => ({ word, description: '' })),
    ...options.flatMap(({ words, description }) => words.map((word) => ({ word, description }))),
  ]
    .map(({ word, description }) => quoted(`${word}:${description}`))
    .join(' ');
}
