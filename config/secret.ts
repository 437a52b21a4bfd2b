import { inspect } from 'node:util';
import { z } from 'zod';

/** A configured value that never prints: not in a log, not in JSON, not in an error. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return '[redacted]';
  }

  toJSON(): string {
    return '[redacted]';
  }

  [inspect.custom](): string {
    return '[redacted]';
  }
}

/** A text of the configuration that is a secret; empty = not given. */
export const secretText = z
  .string()
  .default('')
  .transform((text) => new Secret(text));
