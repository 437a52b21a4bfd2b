import { createHash } from 'node:crypto';
import type { AuditActor, AuditEntry, AuditEvent } from './audit-entry.js';

/** What the first entry names as the one before it. */
export const NO_HASH = '0'.repeat(64);

/** The next link of the chain. Times are Unix milliseconds. */
export function nextEntry(
  previous: Pick<AuditEntry, 'sequence' | 'hash'> | undefined,
  timeMs: number,
  actor: AuditActor,
  event: AuditEvent,
): AuditEntry {
  const unhashed = {
    ...event,
    actor,
    sequence: (previous?.sequence ?? 0) + 1,
    time: timeMs,
    previousHash: previous?.hash ?? NO_HASH,
  };
  return { ...unhashed, hash: entryHash(unhashed) };
}

/** SHA-256 (lower-case hex) over an entry without its own hash, as JSON with sorted keys and without missing values. */
export function entryHash(entry: Omit<AuditEntry, 'hash'>): string {
  const { hash: _, ...unhashed } = entry as AuditEntry;
  return createHash('sha256').update(canonicalJson(unhashed)).digest('hex');
}

/** JSON of one form for one value: keys sorted by code unit, what is undefined left out. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item ?? null)).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const fields = Object.entries(value)
    .filter(([, field]) => field !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, field]) => `${JSON.stringify(key)}:${canonicalJson(field)}`);
  return `{${fields.join(',')}}`;
}
