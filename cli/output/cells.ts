import type { Item } from './table.js';

/** Unix milliseconds or RFC 3339 as people read it, in UTC and to the second. */
export function timeCell(key: string): (item: Item) => string {
  return (item) => timeText(item[key]);
}

export function timeText(value: unknown): string {
  if (typeof value !== 'number' && typeof value !== 'string') return '';
  const date = new Date(value);
  if (value === '' || value === 0 || Number.isNaN(date.getTime())) return '';
  return `${date.toISOString().slice(0, 19).replace('T', ' ')}Z`;
}

/** Nanoseconds with the unit that makes them short. */
export function durationText(value: unknown): string {
  if (typeof value !== 'number' || value === 0) return '';
  if (value % 1_000_000 === 0) return `${value / 1_000_000}ms`;
  return value % 1_000 === 0 ? `${value / 1_000}µs` : `${value}ns`;
}

/** Public numbers of a user's status (contract 1.5). */
export function userStatusText({ status }: Item): string {
  switch (status) {
    case 1:
      return 'active';
    case 2:
      return 'disabled';
    case 3:
      return 'must change password';
    default:
      return String(status ?? '');
  }
}

/** Label selectors as kubectl writes them. */
export function selectorText(value: unknown): string {
  if (!Array.isArray(value)) return '';
  return value
    .map((selector: Item) => {
      const { key, operator, value: single } = selector;
      const values = Array.isArray(selector.values) ? selector.values : single ? [single] : [];
      switch (operator ?? (values.length > 0 ? 'In' : 'Exists')) {
        case 'In':
          return values.length === 1 ? `${key}=${values[0]}` : `${key} in (${values.join(',')})`;
        case 'NotIn':
          return `${key} notin (${values.join(',')})`;
        case 'DoesNotExist':
          return `!${key}`;
        default:
          return String(key);
      }
    })
    .join(',');
}
