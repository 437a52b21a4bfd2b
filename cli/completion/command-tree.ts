import type { Command, Option } from 'commander';

/** What can follow a command on the line. */
export interface CompletionNode {
  /** Such as `users list`; empty for the program alone. */
  readonly path: string;
  readonly commands: readonly Completion[];
  readonly options: readonly CompletionOption[];
  /** What its first argument can be, where that is one of few. */
  readonly choices: readonly string[];
}

export interface Completion {
  readonly word: string;
  readonly description: string;
}

export interface CompletionOption {
  /** Such as `-o` and `--output`. */
  readonly words: readonly string[];
  readonly description: string;
  readonly value: 'none' | 'file' | 'any' | readonly string[];
}

/** Every command of the program with what can follow it, the program itself first. */
export function commandTree(program: Command): readonly CompletionNode[] {
  return nodesOf(program, []);
}

function nodesOf(command: Command, path: readonly string[]): readonly CompletionNode[] {
  const help = command.createHelp();
  const commands = help.visibleCommands(command).filter((sub) => sub.name() !== 'help');
  const node: CompletionNode = {
    path: path.join(' '),
    commands: commands.map((sub) => ({ word: sub.name(), description: sub.description() })),
    options: help.visibleOptions(command).map(optionOf),
    choices: command.registeredArguments[0]?.argChoices ?? [],
  };
  return [node, ...commands.flatMap((sub) => nodesOf(sub, [...path, sub.name()]))];
}

function optionOf(option: Option): CompletionOption {
  return {
    words: [option.short, option.long].filter((word) => word !== undefined && word !== null),
    description: option.description,
    value: valueKind(option),
  };
}

function valueKind(option: Option): CompletionOption['value'] {
  if (!option.required && !option.optional) return 'none';
  if (option.argChoices !== undefined) return option.argChoices;
  return /<(file|folder)/.test(option.flags) ? 'file' : 'any';
}
