import { sha256Hex } from '../../shared/domain/merkle.js';
import type { AuditActor, AuditEntry, AuditEvent } from './audit-entry.js';

/** What the first entry names as the one before it. */
export const NO_HASH = '0'.repeat(64);

/** The end of a chain, or of the part of it that somebody has seen. */
export type ChainHead = Pick<AuditEntry, 'sequence' | 'hash'>;

/** The next link of the chain. Times are Unix milliseconds. */
export function nextEntry(
  previous: ChainHead | undefined,
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

/**
 * SHA-256 (lower-case hex) over an entry without its own hash, as canonical JSON: over every field that there is, so
 * that one that was added is found as well as one that was changed.
 */
export function entryHash(entry: Omit<AuditEntry, 'hash'>): string {
  const { hash: _, ...unhashed } = entry as AuditEntry;
  return sha256Hex(canonicalJson(unhashed));
}

/**
 * JSON of one form for one value: keys sorted by code unit, what is undefined left out, -0 as 0. The text is the same
 * after a round trip through JSON; what BSON would not give back as it was, the trail never takes in
 * (audit-facts.ts).
 */
export function canonicalJson(value: unknown): string {
  if (typeof value === 'bigint') return String(value);
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item ?? null)).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const fields = Object.entries(value)
    .filter(([, field]) => field !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, field]) => `${JSON.stringify(key)}:${canonicalJson(field)}`);
  return `{${fields.join(',')}}`;
}
