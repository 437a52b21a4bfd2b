import type { Strategy } from '../../domain/strategy.js';
import type { StrategyStore } from '../../ports/strategy-store.js';
import type { EmbeddedDatabase } from './embedded-database.js';

const NAME_TAKEN = 'you already have a strategy of this name: choose another name';

export class EmbeddedStrategyStore implements StrategyStore {
  readonly #database: EmbeddedDatabase;

  constructor(database: EmbeddedDatabase) {
    this.#database = database;
  }

  all(): Promise<readonly Strategy[]> {
    return this.#database.documents('SELECT document FROM strategies ORDER BY created_time, id');
  }

  ownedBy(ownerId: string): Promise<readonly Strategy[]> {
    const sql = 'SELECT document FROM strategies WHERE owner_id = ? ORDER BY created_time, id';
    return this.#database.documents(sql, [ownerId]);
  }

  async get(id: string): Promise<Strategy | undefined> {
    const found = await this.#database.documents<Strategy>('SELECT document FROM strategies WHERE id = ?', [
      id,
    ]);
    return found[0];
  }

  async insert(strategy: Strategy): Promise<void> {
    await this.#database.execute(
      'INSERT INTO strategies (id, revision, document) VALUES (?, ?, ?)',
      [strategy.id, strategy.revision, JSON.stringify(strategy)],
      NAME_TAKEN,
    );
  }

  async replace(strategy: Strategy, expectedRevision: number): Promise<boolean> {
    const { changes } = await this.#database.execute(
      'UPDATE strategies SET revision = ?, document = ? WHERE id = ? AND revision = ?',
      [strategy.revision, JSON.stringify(strategy), strategy.id, expectedRevision],
      NAME_TAKEN,
    );
    return changes === 1;
  }

  async delete(id: string): Promise<boolean> {
    const { changes } = await this.#database.execute('DELETE FROM strategies WHERE id = ?', [id]);
    return changes === 1;
  }
}
