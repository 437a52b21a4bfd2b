import type { Role } from '../../domain/permission.js';
import type { RoleStore } from '../../ports/role-store.js';
import { DocumentTable } from './document-table.js';
import type { EmbeddedDatabase } from './embedded-database.js';

export class EmbeddedRoleStore implements RoleStore {
  readonly #table: DocumentTable<Role>;

  constructor(database: EmbeddedDatabase) {
    const taken = 'a role of this name exists already: choose another name';
    this.#table = new DocumentTable(database, 'roles', taken);
  }

  all(): Promise<readonly Role[]> {
    return this.#table.select('ORDER BY id');
  }

  get(id: string): Promise<Role | undefined> {
    return this.#table.get(id);
  }

  insert(role: Role): Promise<void> {
    return this.#table.insert(role);
  }

  replace(role: Role, expectedRevision: number): Promise<boolean> {
    return this.#table.replace(role, expectedRevision);
  }

  async delete(id: string, expectedRevision: number): Promise<boolean> {
    return (await this.#table.delete('id = ? AND revision = ?', [id, expectedRevision])) === 1;
  }
}
