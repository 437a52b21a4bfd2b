import type { Strategy } from '../../domain/strategy.js';
import type { StrategyStore } from '../../ports/strategy-store.js';
import { DocumentTable } from './document-table.js';
import type { EmbeddedDatabase } from './embedded-database.js';

export class EmbeddedStrategyStore implements StrategyStore {
  readonly #table: DocumentTable<Strategy>;

  constructor(database: EmbeddedDatabase) {
    const taken = 'you already have a strategy of this name: choose another name';
    this.#table = new DocumentTable(database, 'strategies', taken);
  }

  all(): Promise<readonly Strategy[]> {
    return this.#table.select('ORDER BY created_time, id');
  }

  ownedBy(ownerId: string): Promise<readonly Strategy[]> {
    return this.#table.select('WHERE owner_id = ? ORDER BY created_time, id', [ownerId]);
  }

  get(id: string): Promise<Strategy | undefined> {
    return this.#table.get(id);
  }

  insert(strategy: Strategy): Promise<void> {
    return this.#table.insert(strategy);
  }

  replace(strategy: Strategy, expectedRevision: number): Promise<boolean> {
    return this.#table.replace(strategy, expectedRevision);
  }

  async delete(id: string): Promise<boolean> {
    return (await this.#table.delete('id = ?', [id])) === 1;
  }
}
