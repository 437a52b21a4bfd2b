import { chmodSync, closeSync, openSync } from 'node:fs';
import { DatabaseSync, type DatabaseSyncInstance, type StatementSyncInstance } from '@photostructure/sqlite';
import { MIGRATIONS } from './migrations.js';

/** What may be bound to a statement: strings and integers only, so that nothing is stored in a form we did not choose. */
export type SqlValue = string | number | null;

export interface SqlStatement {
  readonly sql: string;
  readonly values: readonly SqlValue[];
}

export interface SqlResult {
  readonly rows: readonly Readonly<Record<string, unknown>>[];
  /** Rows that the statement inserted, changed or deleted. */
  readonly changes: number;
}

/** A statement's outcome; `constraint` is the message of a broken uniqueness rule. */
export type SqlOutcome =
  | { readonly kind: 'done'; readonly result: SqlResult }
  | { readonly kind: 'constraint'; readonly message: string }
  | { readonly kind: 'failed'; readonly message: string };

const OWNER_ONLY = 0o600;

/**
 * One SQLite file, used synchronously: inside the worker, or directly where blocking does not matter. Commits are
 * durable (WAL, synchronous=FULL): what executeBatch returned survives a power cut.
 */
export class SqliteExecutor {
  readonly #database: DatabaseSyncInstance;
  /** Preparing again and again costs memory that comes back late; our statements are few. */
  readonly #prepared = new Map<string, StatementSyncInstance>();

  /** @param file A path, or `:memory:`. Throws when the file is no database of ours or of a later version. */
  constructor(file: string) {
    if (file !== ':memory:') keepToOwner(file);
    this.#database = new DatabaseSync(file);
    this.#database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 5000;');
    this.#migrate();
  }

  close(): void {
    this.#prepared.clear();
    this.#database.close();
  }

  /** Runs the statements in one transaction. One that breaks a constraint fails alone; the others are kept. */
  executeBatch(statements: readonly SqlStatement[]): SqlOutcome[] {
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      const outcomes = statements.map((statement) => this.#execute(statement));
      this.#database.exec('COMMIT');
      return outcomes;
    } catch (error) {
      this.#database.exec('ROLLBACK');
      throw error;
    }
  }

  #execute({ sql, values }: SqlStatement): SqlOutcome {
    try {
      const statement = this.#prepare(sql);
      if (/^\s*SELECT/i.test(sql)) {
        const rows = statement.all(...values) as Record<string, unknown>[];
        return { kind: 'done', result: { rows, changes: 0 } };
      }
      return { kind: 'done', result: { rows: [], changes: Number(statement.run(...values).changes) } };
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      return message.includes('constraint failed')
        ? { kind: 'constraint', message }
        : { kind: 'failed', message };
    }
  }

  #prepare(sql: string): StatementSyncInstance {
    const known = this.#prepared.get(sql);
    if (known !== undefined) return known;
    const statement = this.#database.prepare(sql);
    this.#prepared.set(sql, statement);
    return statement;
  }

  /** Inside one transaction, so that two programs that open a new file together do not both begin. */
  #migrate(): void {
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      const row = this.#database.prepare('PRAGMA user_version').get() as { user_version: number };
      const version = Number(row.user_version);
      if (version > MIGRATIONS.length) {
        throw new Error(`it is of version ${version}, this program knows up to ${MIGRATIONS.length}`);
      }
      for (const migration of MIGRATIONS.slice(version)) this.#database.exec(migration);
      this.#database.exec(`PRAGMA user_version = ${MIGRATIONS.length}; COMMIT`);
    } catch (error) {
      this.#database.exec('ROLLBACK');
      throw error;
    }
  }
}

/**
 * It holds password hashes, and a copy or a backup keeps its mode where it leaves the state folder. SQLite makes the
 * files beside it with the mode of the database.
 */
function keepToOwner(file: string): void {
  closeSync(openSync(file, 'a', OWNER_ONLY));
  chmodSync(file, OWNER_ONLY);
}
