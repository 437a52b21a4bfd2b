import { humanDuration } from '../objects/human-duration.js';

/** How long ago a moment was, as a table cell. */
export function since(time: string | null | undefined, nowMs: number): string {
  return time === null || time === undefined ? '<unknown>' : humanDuration(nowMs - Date.parse(time));
}

/** A text, or what tables show for none. */
export function orNone(text: string | undefined): string {
  return text === undefined || text === '' ? '<none>' : text;
}

export function orUnknown(text: string | undefined): string {
  return text === undefined || text === '' ? '<unknown>' : text;
}
