import { isDeepStrictEqual } from 'node:util';
import type { Item } from '../output/table.js';

/** One property that becomes another. */
export interface Change {
  readonly field: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** What of the wanted properties is not so yet, in the order of the wanted. */
export function changesBetween(before: Item, wanted: Item): readonly Change[] {
  return Object.entries(wanted).flatMap(([field, after]) =>
    isDeepStrictEqual(before[field], after) ? [] : [{ field, before: before[field], after }],
  );
}

/** A line of a diff: what goes, or what comes. */
export interface DiffLine {
  readonly sign: '-' | '+';
  readonly text: string;
}

/** A change for people: of lists, only the entries that come and go, unless it is their order that changes. */
export function diffLines({ field, before, after }: Change): readonly DiffLine[] {
  if (Array.isArray(before) && Array.isArray(after)) {
    const gone = before.filter((entry) => !contains(after, entry));
    const come = after.filter((entry) => !contains(before, entry));
    if (gone.length + come.length > 0) {
      return [
        ...gone.map((entry) => line('-', field, entry)),
        ...come.map((entry) => line('+', field, entry)),
      ];
    }
  }
  return [...(before === undefined ? [] : [line('-', field, before)]), line('+', field, after)];
}

function line(sign: '-' | '+', field: string, value: unknown): DiffLine {
  return { sign, text: `${field}: ${JSON.stringify(value)}` };
}

function contains(list: readonly unknown[], wanted: unknown): boolean {
  return list.some((entry) => isDeepStrictEqual(entry, wanted));
}
