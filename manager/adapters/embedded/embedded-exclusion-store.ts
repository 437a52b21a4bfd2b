import type { Exclusion } from '../../domain/exclusion.js';
import type { ExclusionStore } from '../../ports/exclusion-store.js';
import type { EmbeddedDatabase } from './embedded-database.js';

export class EmbeddedExclusionStore implements ExclusionStore {
  readonly #database: EmbeddedDatabase;

  constructor(database: EmbeddedDatabase) {
    this.#database = database;
  }

  all(): Promise<readonly Exclusion[]> {
    return this.#database.documents('SELECT document FROM exclusions ORDER BY created_time, id');
  }

  async add(exclusions: readonly Exclusion[]): Promise<void> {
    const sql =
      'INSERT INTO exclusions (id, revision, document) VALUES (?, 1, ?) ON CONFLICT (id) DO NOTHING';
    await Promise.all(
      exclusions.map((exclusion) => this.#database.execute(sql, [exclusion.id, JSON.stringify(exclusion)])),
    );
  }

  async remove(ids: readonly string[]): Promise<number> {
    const removed = await Promise.all(
      ids.map((id) => this.#database.execute('DELETE FROM exclusions WHERE id = ?', [id])),
    );
    return removed.reduce((sum, { changes }) => sum + changes, 0);
  }

  async removeOfSource(sourceId: string): Promise<number> {
    const sql = 'DELETE FROM exclusions WHERE source_id = ?';
    return (await this.#database.execute(sql, [sourceId])).changes;
  }

  async handOver(sourceId: string, ownerId: string): Promise<number> {
    const sql = "UPDATE exclusions SET document = json_set(document, '$.ownerId', ?) WHERE source_id = ?";
    return (await this.#database.execute(sql, [ownerId, sourceId])).changes;
  }
}
