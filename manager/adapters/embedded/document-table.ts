import type { EmbeddedDatabase } from './embedded-database.js';
import type { SqlValue } from './sqlite-executor.js';

interface Identified {
  readonly id: string;
}

/** One table of JSON documents, with a revision for those that have one. Table names are ours, never a caller's. */
export class DocumentTable<Document extends Identified> {
  readonly #database: EmbeddedDatabase;
  readonly #table: string;
  readonly #taken: string;

  /** @param taken What to say when a uniqueness rule is broken. */
  constructor(database: EmbeddedDatabase, table: string, taken: string) {
    this.#database = database;
    this.#table = table;
    this.#taken = taken;
  }

  /** @param rest The rest of the query: conditions and order. */
  select(rest: string, values: readonly SqlValue[] = []): Promise<Document[]> {
    return this.#database.documents(`SELECT document FROM ${this.#table} ${rest}`, values);
  }

  async get(id: string): Promise<Document | undefined> {
    const [found] = await this.select('WHERE id = ?', [id]);
    return found;
  }

  async insert(document: Document): Promise<void> {
    await this.#database.execute(
      `INSERT INTO ${this.#table} (id, revision, document) VALUES (?, ?, ?)`,
      [document.id, revisionOf(document), JSON.stringify(document)],
      this.#taken,
    );
  }

  async replace(document: Document, expectedRevision: number): Promise<boolean> {
    const { changes } = await this.#database.execute(
      `UPDATE ${this.#table} SET revision = ?, document = ? WHERE id = ? AND revision = ?`,
      [revisionOf(document), JSON.stringify(document), document.id, expectedRevision],
      this.#taken,
    );
    return changes === 1;
  }

  /** How many rows the conditions met. */
  async delete(conditions: string, values: readonly SqlValue[]): Promise<number> {
    const { changes } = await this.#database.execute(
      `DELETE FROM ${this.#table} WHERE ${conditions}`,
      values,
    );
    return changes;
  }
}

/** Documents that never change have none. */
function revisionOf(document: Identified): number {
  return 'revision' in document && typeof document.revision === 'number' ? document.revision : 1;
}
