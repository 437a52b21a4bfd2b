import { harmlessText } from './harmless-text.js';
import { fitted, textWidth } from './text-width.js';

/** What the server tells of one thing. */
export type Item = Readonly<Record<string, unknown>>;

export interface Column {
  readonly title: string;
  /** A key of the item, or how to read it. */
  readonly of: string | ((item: Item) => unknown);
}

export interface TableOptions {
  readonly titles: boolean;
  /** Columns of the terminal; undefined = as wide as it gets. */
  readonly width: number | undefined;
}

const GAP = 2;
/** Below this a column says nothing any more, so a table may be wider than a very narrow terminal. */
const NARROWEST = 6;

/** Items in rows: aligned, numbers to the right, one line for each, harmless to the terminal. */
export function textTable(columns: readonly Column[], items: readonly Item[], options: TableOptions): string {
  const rows = items.map((item) => columns.map((column) => cellOf(columnValue(column, item))));
  const titles = columns.map(({ title }) => ({ text: title, isNumber: false }));
  const lines = options.titles ? [titles, ...rows] : rows;
  const wanted = columns.map((_, index) =>
    Math.max(0, ...lines.map((line) => textWidth(textAt(line, index)))),
  );
  const widths = options.width === undefined ? wanted : shrunk(wanted, options.width);
  return lines.map((line) => `${lineText(line, widths)}\n`).join('');
}

interface Cell {
  readonly text: string;
  readonly isNumber: boolean;
}

export function columnValue({ of }: Column, item: Item): unknown {
  return typeof of === 'string' ? item[of] : of(item);
}

function cellOf(value: unknown): Cell {
  return { text: harmlessText(cellText(value)), isNumber: typeof value === 'number' };
}

/** What is empty or not told shows as a dash, so that columns can be counted. */
export function cellText(value: unknown): string {
  if (value === undefined || value === null || value === '') return '-';
  if (Array.isArray(value)) return value.length === 0 ? '-' : value.map(cellText).join(',');
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'object') return JSON.stringify(value);
  return String(value);
}

function lineText(line: readonly Cell[], widths: readonly number[]): string {
  return line
    .map(({ text, isNumber }, index) => {
      const width = widths[index] ?? 0;
      const shown = fitted(text, width);
      const padding = ' '.repeat(Math.max(0, width - textWidth(shown)));
      return isNumber ? padding + shown : shown + padding;
    })
    .join(' '.repeat(GAP))
    .trimEnd();
}

/** Cuts what is wider than the widest limit that lets all fit. */
function shrunk(widths: readonly number[], available: number): readonly number[] {
  const room = available - GAP * (widths.length - 1);
  let limit = Math.max(NARROWEST, ...widths);
  const cut = () => widths.map((width) => Math.min(width, limit));
  while (limit > NARROWEST && sum(cut()) > room) limit--;
  return cut();
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function textAt(line: readonly Cell[], index: number): string {
  return line[index]?.text ?? '';
}
