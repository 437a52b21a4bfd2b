import type { IdempotentAnswer } from '../../domain/idempotent-answer.js';
import type { IdempotencyStore } from '../../ports/idempotency-store.js';
import { DocumentTable } from './document-table.js';
import type { EmbeddedDatabase } from './embedded-database.js';

export class EmbeddedIdempotencyStore implements IdempotencyStore {
  readonly #table: DocumentTable<IdempotentAnswer>;

  constructor(database: EmbeddedDatabase) {
    const taken = 'a request with this Idempotency-Key is known already';
    this.#table = new DocumentTable(database, 'idempotent_answers', taken);
  }

  get(id: string): Promise<IdempotentAnswer | undefined> {
    return this.#table.get(id);
  }

  insert(answer: IdempotentAnswer): Promise<void> {
    return this.#table.insert(answer);
  }

  /** Only the first request of a key completes it, so there is no revision to compare. */
  complete(answer: IdempotentAnswer): Promise<boolean> {
    return this.#table.replace(answer, 1);
  }

  async delete(id: string): Promise<void> {
    await this.#table.delete('id = ?', [id]);
  }

  deleteExpired(beforeMs: number): Promise<number> {
    return this.#table.delete('expires_time < ?', [beforeMs]);
  }
}
