import type { CompletionNode } from './command-tree.js';
import { afterOption, pathPattern, quoted } from './shell-words.js';

/** For bash from 3.2 on, which macOS still has: no associative arrays, no mapfile. */
export function bashScript(nodes: readonly CompletionNode[]): string {
  return `# bash completion of podium: source <(podium completion bash)
_podium() {
  local IFS=$'\\n' path='' words='' options='' i
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}"
  # bash makes words of their own of the = in --option=value.
  if [ "$current" = '=' ]; then
    current=''
  elif [ "$previous" = '=' ]; then
    previous="\${COMP_WORDS[COMP_CWORD-2]}"
  fi
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "$path|\${COMP_WORDS[i]}" in
      ${pathPattern(nodes)}) path="\${path:+$path }\${COMP_WORDS[i]}" ;;
    esac
  done
  COMPREPLY=()
  case "$path|$previous" in
${afterOption(nodes, {
  file: () => 'compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$current")); return',
  choices: (words) => `COMPREPLY=($(compgen -W ${lines(words)} -- "$current")); return`,
  any: () => 'return',
})}
  esac
  case "$path" in
${nodes.map((node) => `    ${quoted(node.path)}) words=${lines(wordsOf(node))} options=${lines(optionsOf(node))} ;;`).join('\n')}
  esac
  case "$current|$words" in
    -* | *'|') words="$options" ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -F _podium podium
`;
}

function wordsOf({ commands, choices }: CompletionNode): readonly string[] {
  return [...commands.map(({ word }) => word), ...choices];
}

function optionsOf({ options }: CompletionNode): readonly string[] {
  return options.flatMap(({ words }) => words);
}

function lines(words: readonly string[]): string {
  return `$'${words.join('\\n')}'`;
}
