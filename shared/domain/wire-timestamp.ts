/** RFC 3339 in UTC with whole seconds, as every public answer carries it (contract 1.1). */
export function wireTimestamp(nowMs: number): string {
  return `${new Date(nowMs).toISOString().slice(0, 19)}Z`;
}
