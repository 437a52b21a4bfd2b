import { Argument, type Command } from 'commander';
import { SHELLS, type Shell } from '../completion/shells.js';
import { EXIT } from '../exit-codes.js';
import { errorText } from '../output/error-text.js';
import { watchedOutput } from '../output/watched-output.js';

/** `podium completion SHELL`: prints a script for the shell, which then needs no program of ours at each Tab. */
export function addCompletionCommand(program: Command): void {
  program
    .command('completion')
    .description('print a script that completes commands and options')
    .addArgument(new Argument('<shell>').choices(SHELLS))
    .addHelpText(
      'after',
      `
  bash   source <(podium completion bash)         in ~/.bashrc
  zsh    source <(podium completion zsh)          in ~/.zshrc, after compinit
  fish   podium completion fish | source          in ~/.config/fish/config.fish`,
    )
    .action(async (shell: Shell) => {
      const { completionScript } = await import('../completion/completion-script.js');
      const output = watchedOutput();
      process.stdout.write(completionScript(shell, program));
      await output.written().catch((error: unknown) => {
        process.stderr.write(errorText(error));
        process.exitCode = EXIT.failure;
      });
    });
}
