import type { AuditEntry } from '../../domain/audit-entry.js';
import type { AuditLog, AuditQuery } from '../../ports/audit-log.js';
import type { EmbeddedDatabase } from './embedded-database.js';
import type { SqlValue } from './sqlite-executor.js';

const TAKEN = 'another entry of the audit log has this sequence already';

export class EmbeddedAuditLog implements AuditLog {
  readonly #database: EmbeddedDatabase;

  constructor(database: EmbeddedDatabase) {
    this.#database = database;
  }

  async last(): Promise<AuditEntry | undefined> {
    const [last] = await this.find({}, 1);
    return last;
  }

  async insert(entry: AuditEntry): Promise<void> {
    const sql = 'INSERT INTO audit_log (sequence, document) VALUES (?, ?)';
    await this.#database.execute(sql, [entry.sequence, JSON.stringify(entry)], TAKEN);
  }

  /** One statement, so that all of them stand or none. The documents go as texts, which SQLite gives back to the byte. */
  async insertMany(entries: readonly AuditEntry[]): Promise<void> {
    const sql =
      "INSERT INTO audit_log (sequence, document) SELECT value ->> '$.sequence', value FROM json_each(?)";
    const documents = entries.map((entry) => JSON.stringify(entry));
    await this.#database.execute(sql, [JSON.stringify(documents)], TAKEN);
  }

  find(query: AuditQuery, limit: number): Promise<readonly AuditEntry[]> {
    const conditions = conditionsOf(query);
    const where = conditions.length === 0 ? '' : `WHERE ${conditions.map(({ sql }) => sql).join(' AND ')}`;
    return this.#database.documents(
      `SELECT document FROM audit_log ${where} ORDER BY sequence DESC LIMIT ?`,
      [...conditions.map(({ value }) => value), limit],
    );
  }

  /** What somebody has made unreadable comes back as it stands, for the check to find it. */
  async inOrder(fromSequence: number, limit: number): Promise<readonly AuditEntry[]> {
    const sql = 'SELECT document FROM audit_log WHERE sequence >= ? ORDER BY sequence LIMIT ?';
    const { rows } = await this.#database.execute(sql, [fromSequence, limit]);
    return rows.map(({ document }) => parsed(String(document)) as AuditEntry);
  }
}

function parsed(document: string): unknown {
  try {
    return JSON.parse(document);
  } catch {
    return document;
  }
}

interface Condition {
  readonly sql: string;
  readonly value: SqlValue;
}

/** Which column answers which part of a query. */
const CONDITIONS: Readonly<Record<keyof AuditQuery, string>> = {
  userId: 'user_id = ?',
  username: 'username = ?',
  action: 'action = ?',
  outcome: 'outcome = ?',
  targetKind: 'target_kind = ?',
  targetId: 'target_id = ?',
  requestId: 'request_id = ?',
  sinceMs: 'time >= ?',
  untilMs: 'time < ?',
  beforeSequence: 'sequence < ?',
};

function conditionsOf(query: AuditQuery): Condition[] {
  return (Object.keys(CONDITIONS) as (keyof AuditQuery)[]).flatMap((key) => {
    const value = query[key];
    return value === undefined ? [] : [{ sql: CONDITIONS[key], value }];
  });
}
