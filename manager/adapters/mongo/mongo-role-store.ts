import type { Role } from '../../domain/permission.js';
import type { RoleStore } from '../../ports/role-store.js';
import { DocumentCollection } from './document-collection.js';
import type { MongoConnection } from './mongo-connection.js';
import { ROLE_DOCUMENT } from './role-document.js';

export class MongoRoleStore implements RoleStore {
  readonly #roles: DocumentCollection<Role>;

  constructor(connection: MongoConnection) {
    this.#roles = new DocumentCollection(connection, ROLE_DOCUMENT);
  }

  all(): Promise<readonly Role[]> {
    return this.#roles.find({}, { _id: 1 });
  }

  get(id: string): Promise<Role | undefined> {
    return this.#roles.get(id);
  }

  insert(role: Role): Promise<void> {
    return this.#roles.insert(role);
  }

  replace(role: Role, expectedRevision: number): Promise<boolean> {
    return this.#roles.replace(role, expectedRevision);
  }

  delete(id: string, expectedRevision: number): Promise<boolean> {
    return this.#roles.deleteOne(id, expectedRevision);
  }
}
