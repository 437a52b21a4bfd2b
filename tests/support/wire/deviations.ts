import { readFileSync } from 'node:fs';
import path from 'node:path';
import { packageRoot } from '../../../shared/files/package-root.js';

/** One row of docs/deviations.md. */
export class Deviation {
  readonly row: string;
  readonly #calls: readonly RegExp[];
  readonly #differences: readonly RegExp[];
  used = false;

  /** @param cells Patterns of calls, patterns of differences, and the reason, as they stand in the table. */
  constructor(cells: readonly [string, string, string]) {
    const [calls, differences, reason] = cells;
    if (reason === '') throw new Error(`docs/deviations.md: ${calls} has no reason`);
    this.row = `${calls} | ${differences}`;
    this.#calls = patternsIn(calls);
    this.#differences = patternsIn(differences);
  }

  covers(call: string, difference: string): boolean {
    const matches = (patterns: readonly RegExp[], text: string) =>
      patterns.some((pattern) => pattern.test(text));
    return matches(this.#calls, call) && matches(this.#differences, difference);
  }
}

/** Every `code` of a cell, in which * stands for anything. */
function patternsIn(cell: string): RegExp[] {
  const patterns = [...cell.matchAll(/`([^`]+)`/g)].map(([, text = '']) => text);
  if (patterns.length === 0) throw new Error(`docs/deviations.md: no pattern in ${cell}`);
  return patterns.map((text) => {
    const escaped = text.split('*').map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&'));
    return new RegExp(`^${escaped.join('.*')}$`, 's');
  });
}

/** The table of docs/deviations.md: the one place where a difference and its reason stand. */
export function readDeviations(): readonly Deviation[] {
  const text = readFileSync(path.join(packageRoot(), 'docs/deviations.md'), 'utf8');
  const rows = text.split('\n').filter((line) => line.startsWith('| `'));
  return rows.map((row) => {
    const [calls = '', differences = '', reason = '', ...rest] = row
      .replace(/^\| | \|$/g, '')
      .split(' | ')
      .map((cell) => cell.trim());
    if (rest.length > 0) throw new Error(`docs/deviations.md: a row has more than three cells: ${row}`);
    return new Deviation([calls, differences, reason]);
  });
}
