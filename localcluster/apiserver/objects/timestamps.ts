const RFC3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:[.,]\d+)?(?:Z|[+-]\d{2}:\d{2})$/;
const RFC3339_MICRO = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}(?:Z|[+-]\d{2}:\d{2})$/;

/** A moment as the API writes it: RFC 3339, UTC, whole seconds. */
export function formatTime(unixMs: number): string {
  return `${new Date(unixMs).toISOString().slice(0, 19)}Z`;
}

/** Reads an RFC 3339 moment and writes it the API's way; undefined when it is none. */
export function canonicalTime(text: string): string | undefined {
  const unixMs = RFC3339.test(text) ? Date.parse(text.replace(',', '.')) : Number.NaN;
  return Number.isNaN(unixMs) ? undefined : formatTime(unixMs);
}

/** The same with microseconds, which must all be given: the API accepts neither more nor fewer digits. */
export function canonicalMicroTime(text: string): string | undefined {
  const unixMs = RFC3339_MICRO.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(unixMs)) return undefined;
  const micros = text.slice(text.indexOf('.') + 1, text.indexOf('.') + 7);
  return `${new Date(unixMs).toISOString().slice(0, 19)}.${micros}Z`;
}
