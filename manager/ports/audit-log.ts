import type { AuditEntry } from '../domain/audit-entry.js';

/** What of the log is asked for; everything that is given must hold. */
export interface AuditQuery {
  readonly userId?: string | undefined;
  readonly username?: string | undefined;
  readonly action?: string | undefined;
  readonly outcome?: AuditEntry['outcome'] | undefined;
  readonly targetKind?: string | undefined;
  readonly targetId?: string | undefined;
  readonly requestId?: string | undefined;
  /** Unix milliseconds, inclusive. */
  readonly sinceMs?: number | undefined;
  /** Exclusive. */
  readonly untilMs?: number | undefined;
  /** Only entries with a lower sequence. */
  readonly beforeSequence?: number | undefined;
}

/** Keeps the audit log. Only ever added to. Promises as StrategyStore's. */
export interface AuditLog {
  /** The newest entry. */
  last(): Promise<AuditEntry | undefined>;
  /** `conflict` when there is an entry of this sequence already: another writer was faster. */
  insert(entry: AuditEntry): Promise<void>;
  /**
   * Adds entries that follow each other, in one go and in order: after a failure those that stand are the first ones,
   * or none. `conflict` as with insert.
   */
  insertMany(entries: readonly AuditEntry[]): Promise<void>;
  /** Newest first, at most `limit`. */
  find(query: AuditQuery, limit: number): Promise<readonly AuditEntry[]>;
  /** In order of the sequence, from `fromSequence` on, at most `limit`: for verification. */
  inOrder(fromSequence: number, limit: number): Promise<readonly AuditEntry[]>;
}
