import type { Document, Long } from 'mongodb';
import type { AuditEntry } from '../../domain/audit-entry.js';
import { int64, integer, text } from './document-fields.js';

export interface AuditDocument extends Document {
  /** The sequence. */
  readonly _id: Long | number;
  /** The whole entry as JSON: its facts have keys, and its texts characters, that BSON cannot hold. */
  readonly entry: string;
}

/** What is asked for, beside the entry. Names as contract 1.12 where it has one. */
export function auditColumns(entry: AuditEntry) {
  return {
    user_id: asStored(entry.actor.userId),
    username: asStored(entry.actor.username),
    request_id: asStored(entry.actor.requestId),
    action: asStored(entry.action),
    outcome: asStored(entry.outcome),
    target_kind: asStored(entry.target.kind),
    target_id: asStored(entry.target.id),
  };
}

export function toAuditDocument(entry: AuditEntry): AuditDocument {
  return {
    _id: int64(entry.sequence),
    timestamp: int64(entry.time),
    ip: asStored(entry.actor.address ?? ''),
    ...auditColumns(entry),
    entry: JSON.stringify(entry),
  };
}

/**
 * The entry, with what its columns say where that differs: somebody has changed one of the two, and the entry's hash
 * then tells it, whichever it was.
 */
export function fromAuditDocument(document: AuditDocument): AuditEntry {
  const entry = parsed(document.entry);
  if (entry?.actor === undefined || entry.target === undefined)
    return document.entry as unknown as AuditEntry;
  const expected = auditColumns(entry);
  const differs = (Object.keys(expected) as (keyof typeof expected)[]).filter(
    (column) => document[column] !== expected[column],
  );
  const sequence = integer(document._id, 0);
  const time = integer(document.timestamp, 0);
  if (differs.length === 0 && sequence === entry.sequence && time === entry.time) return entry;
  const columns = Object.fromEntries(differs.map((column) => [column, text(document[column])]));
  return { ...entry, sequence, time, ...(differs.length === 0 ? {} : { changedColumns: columns }) };
}

/** What somebody has made unreadable goes on as it stands, for the check of the chain to find it. */
function parsed(entry: string): AuditEntry | undefined {
  try {
    return JSON.parse(entry) as AuditEntry;
  } catch {
    return undefined;
  }
}

/** As a text comes back from BSON, which is UTF-8: halves of a character become U+FFFD. */
export function asStored(value: string): string {
  return Buffer.from(value, 'utf8').toString('utf8');
}
