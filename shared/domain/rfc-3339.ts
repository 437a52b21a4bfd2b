const RFC_3339 = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)$/;

/** Unix milliseconds of a time such as 2026-12-31T23:59:59Z; undefined for any other text. */
export function parseRfc3339(text: string): number | undefined {
  if (!RFC_3339.test(text)) return undefined;
  const timeMs = Date.parse(text);
  return Number.isFinite(timeMs) ? timeMs : undefined;
}
