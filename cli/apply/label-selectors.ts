import { foldedItem } from './resource-kind.js';

/** Selectors in the form with operator and values, which says everything that the short form does. */
export function normalSelectors(value: unknown): unknown {
  if (!Array.isArray(value)) return value;
  return value.map((entry) => {
    const selector = foldedItem(entry);
    if (selector === undefined) return entry;
    const { key, value: single, values: listed, operator, ...unknown } = selector;
    const values = Array.isArray(listed) && listed.length > 0 ? listed : single ? [single] : [];
    return { key, operator: operator ?? (values.length > 0 ? 'In' : 'Exists'), values, ...unknown };
  });
}
