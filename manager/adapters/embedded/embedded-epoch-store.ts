import type { EpochStore } from '../../ports/epoch-store.js';
import type { EmbeddedDatabase } from './embedded-database.js';

export class EmbeddedEpochStore implements EpochStore {
  readonly #database: EmbeddedDatabase;

  constructor(database: EmbeddedDatabase) {
    this.#database = database;
  }

  async current(): Promise<number> {
    const { rows } = await this.#database.execute('SELECT value FROM epoch WHERE only = 1', []);
    return Number(rows[0]?.value ?? 0);
  }

  async compareAndSet(expected: number, next: number): Promise<boolean> {
    const sql = 'UPDATE epoch SET value = ? WHERE only = 1 AND value = ?';
    const { changes } = await this.#database.execute(sql, [next, expected]);
    return changes === 1;
  }
}
