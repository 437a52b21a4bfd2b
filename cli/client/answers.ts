import type { Item } from '../output/table.js';

/** The list that an answer carries under a key; empty when there is none, as the public API has it (contract 1.5). */
export function itemsOf(data: unknown, key: string): readonly Item[] {
  const list = itemOf(data)[key];
  return Array.isArray(list) ? list.map(itemOf) : [];
}

/** An answer as an object to read from. */
export function itemOf(data: unknown): Item {
  return typeof data === 'object' && data !== null ? (data as Item) : {};
}

export function textOf(item: Item, key: string): string {
  const value = item[key];
  return typeof value === 'string' ? value : '';
}

/** Texts of a list; empty when there is none. */
export function textsOf(item: Item, key: string): readonly string[] {
  const value = item[key];
  return Array.isArray(value) ? value.filter((entry) => typeof entry === 'string') : [];
}
