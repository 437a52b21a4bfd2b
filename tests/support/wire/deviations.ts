import { readFileSync } from 'node:fs';
import path from 'node:path';
import { packageRoot } from '../../../shared/files/package-root.js';

/** A pattern of a cell, and whether anything needed it. */
interface Pattern {
  readonly text: string;
  readonly expression: RegExp;
  isUsed: boolean;
}

/** One row of a document of differences, such as docs/deviations.md. */
export class Deviation {
  readonly #calls: readonly Pattern[];
  readonly #differences: readonly Pattern[];

  /** @param cells Patterns of calls, patterns of differences, and the reason, as they stand in the table. */
  constructor(cells: readonly [string, string, string]) {
    const [calls, differences, reason] = cells;
    if (reason === '') throw new Error(`a row for ${calls} gives no reason`);
    this.#calls = patternsIn(calls);
    this.#differences = patternsIn(differences);
  }

  /** Whether the row covers a difference; its patterns count as used then. */
  covers(call: string, difference: string): boolean {
    const calls = this.#calls.filter(({ expression }) => expression.test(call));
    const differences = this.#differences.filter(({ expression }) => expression.test(difference));
    if (calls.length === 0 || differences.length === 0) return false;
    for (const pattern of [...calls, ...differences]) pattern.isUsed = true;
    return true;
  }

  /** The patterns that nothing needed. */
  unused(): readonly string[] {
    return [...this.#calls, ...this.#differences].filter(({ isUsed }) => !isUsed).map(({ text }) => text);
  }
}

/** Every `code` of a cell, in which * stands for anything and ? for one character. */
function patternsIn(cell: string): Pattern[] {
  const patterns = [...cell.matchAll(/`([^`]+)`/g)].map(([, text = '']) => text);
  if (patterns.length === 0) throw new Error(`no pattern in the cell ${cell}`);
  return patterns.map((text) => {
    const escaped = text.replaceAll(/[.+^${}()|[\]\\]/g, '\\$&');
    const expression = new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`, 's');
    return { text, expression, isUsed: false };
  });
}

/** The table of a document: the one place where a difference and its reason stand. */
export function readDeviations(document: string): readonly Deviation[] {
  const text = readFileSync(path.join(packageRoot(), document), 'utf8');
  const rows = text.split('\n').filter((line) => line.startsWith('| `'));
  return rows.map((row) => {
    const [calls = '', differences = '', reason = '', ...rest] = row
      .replace(/^\| | \|$/g, '')
      .split(' | ')
      .map((cell) => cell.trim());
    if (rest.length > 0) throw new Error(`${document}: a row has more than three cells: ${row}`);
    return new Deviation([calls, differences, reason]);
  });
}

/** What of the differences no row covers. */
export function unlisted(rows: readonly Deviation[], call: string, found: readonly string[]): string[] {
  return found.filter((line) => rows.filter((row) => row.covers(call, line)).length === 0);
}
