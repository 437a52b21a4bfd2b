import { parseArgs } from 'node:util';
import { DomainError, messageOf } from '../../shared/domain/domain-error.js';

/** An option of a program: a switch, or a text that may have a default. */
export interface ProgramOption {
  readonly type: 'boolean' | 'string';
  readonly default?: string;
}

type Values<Options extends Record<string, ProgramOption>> = {
  readonly [Name in keyof Options]: Options[Name]['type'] extends 'boolean'
    ? boolean
    : Options[Name] extends { readonly default: string }
      ? string
      : string | undefined;
};

/**
 * Reads `--name value` and `--switch` options. Rejects what is not known and what is left over with `invalid` and
 * the list of what there is.
 */
export function programOptions<const Options extends Record<string, ProgramOption>>(
  args: readonly string[],
  options: Options,
): Values<Options> {
  try {
    const { values } = parseArgs({ args: [...args], options: { ...options }, strict: true });
    const switches = Object.entries(options).filter(([, { type }]) => type === 'boolean');
    return {
      ...Object.fromEntries(switches.map(([name]) => [name, false])),
      ...values,
    } as unknown as Values<Options>;
  } catch (error) {
    const known = Object.keys(options).map((name) => `--${name}`);
    throw new DomainError('invalid', `${messageOf(error)}. Options: ${known.join(', ')}`, { cause: error });
  }
}

/** The value of an option that must be given. */
export function requiredOption(name: string, value: string | undefined): string {
  if (value !== undefined && value !== '') return value;
  throw new DomainError('invalid', `--${name} is missing`);
}

/** The value of an option that knows only these words. */
export function oneOf<const Word extends string>(name: string, value: string, words: readonly Word[]): Word {
  const found = words.find((word) => word === value);
  if (found !== undefined) return found;
  throw new DomainError(
    'invalid',
    `--${name} must be one of ${words.join(', ')}, found ${JSON.stringify(value)}`,
  );
}
