import { DomainError } from '../../../shared/domain/domain-error.js';
import type { SqlOutcome, SqlResult, SqlStatement, SqlValue } from './sqlite-executor.js';

/** Runs statements in the order they come; the file may live in a worker thread or in this one. */
export interface StatementRunner {
  run(statement: SqlStatement): Promise<SqlOutcome>;
}

/** What the embedded stores use: statements with their failures as DomainErrors. */
export class EmbeddedDatabase {
  readonly #runner: StatementRunner;

  constructor(runner: StatementRunner) {
    this.#runner = runner;
  }

  /**
   * @param taken What to say when a uniqueness rule is broken (a `conflict`).
   */
  async execute(sql: string, values: readonly SqlValue[], taken = 'it exists already'): Promise<SqlResult> {
    const outcome = await this.#runner.run({ sql, values });
    switch (outcome.kind) {
      case 'done':
        return outcome.result;
      case 'constraint':
        throw new DomainError('conflict', taken, { cause: new Error(outcome.message) });
      case 'failed':
        throw new DomainError('unavailable', `the embedded store failed: ${outcome.message}`);
    }
  }

  /** The documents of a query that selects the column `document`. */
  async documents<Document>(sql: string, values: readonly SqlValue[] = []): Promise<Document[]> {
    const { rows } = await this.execute(sql, values);
    return rows.map((row) => JSON.parse(String(row.document)) as Document);
  }
}
