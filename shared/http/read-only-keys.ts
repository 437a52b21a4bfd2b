/**
 * Makes a filter for the unknown keys of a body: without those that our own answers carry, in whatever case. Whoever
 * sends an answer back may leave them in (DESIGN 3).
 */
export function readOnlyKeys(...names: readonly string[]) {
  const readOnly = new Set(names.map((name) => name.toLowerCase()));
  return (unknownKeys: readonly string[]) => unknownKeys.filter((key) => !readOnly.has(key.toLowerCase()));
}
