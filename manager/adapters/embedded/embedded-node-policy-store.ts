import type { NodePolicy } from '../../domain/node-policy.js';
import type { NodePolicyStore } from '../../ports/node-policy-store.js';
import { DocumentTable } from './document-table.js';
import type { EmbeddedDatabase } from './embedded-database.js';

export class EmbeddedNodePolicyStore implements NodePolicyStore {
  readonly #table: DocumentTable<NodePolicy>;

  constructor(database: EmbeddedDatabase) {
    this.#table = new DocumentTable(database, 'node_policies', 'a node policy of this id exists already');
  }

  all(): Promise<readonly NodePolicy[]> {
    return this.#table.select('ORDER BY created_time, id');
  }

  ownedBy(ownerId: string): Promise<readonly NodePolicy[]> {
    return this.#table.select('WHERE owner_id = ? ORDER BY created_time, id', [ownerId]);
  }

  get(id: string): Promise<NodePolicy | undefined> {
    return this.#table.get(id);
  }

  insert(policy: NodePolicy): Promise<void> {
    return this.#table.insert(policy);
  }

  replace(policy: NodePolicy, expectedRevision: number): Promise<boolean> {
    return this.#table.replace(policy, expectedRevision);
  }

  async delete(id: string): Promise<boolean> {
    return (await this.#table.delete('id = ?', [id])) === 1;
  }
}
