import type { Command } from 'commander';
import { bashScript } from './bash-script.js';
import { commandTree } from './command-tree.js';
import { fishScript } from './fish-script.js';
import type { Shell } from './shells.js';
import { zshScript } from './zsh-script.js';

const SCRIPTS = { bash: bashScript, zsh: zshScript, fish: fishScript } as const;

/** The script that teaches a shell every command of the program. */
export function completionScript(shell: Shell, program: Command): string {
  return SCRIPTS[shell](commandTree(program));
}
