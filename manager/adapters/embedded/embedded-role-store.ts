import type { Role } from '../../domain/permission.js';
import type { RoleStore } from '../../ports/role-store.js';
import type { EmbeddedDatabase } from './embedded-database.js';

export class EmbeddedRoleStore implements RoleStore {
  readonly #database: EmbeddedDatabase;

  constructor(database: EmbeddedDatabase) {
    this.#database = database;
  }

  all(): Promise<readonly Role[]> {
    return this.#database.documents('SELECT document FROM roles ORDER BY id');
  }

  async insert(role: Role): Promise<void> {
    await this.#database.execute(
      'INSERT INTO roles (id, revision, document) VALUES (?, 1, ?)',
      [role.id, JSON.stringify(role)],
      'a role of this name exists already: choose another name',
    );
  }
}
