import type { Environment } from '../../config/environment.js';

export interface Colours {
  red(text: string): string;
  green(text: string): string;
}

const PLAIN: Colours = { red: (text) => text, green: (text) => text };
const BRIGHT: Colours = {
  red: (text) => `\u001b[31m${text}\u001b[39m`,
  green: (text) => `\u001b[32m${text}\u001b[39m`,
};

/** Colours for a terminal whose user wants them (no-color.org). */
export function coloursFor(environment: Environment, isTerminal: boolean): Colours {
  return isTerminal && !environment.NO_COLOR && environment.TERM !== 'dumb' ? BRIGHT : PLAIN;
}
