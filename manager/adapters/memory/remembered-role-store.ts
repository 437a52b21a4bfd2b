import type { Clock } from '../../../shared/lifecycle/clock.js';
import type { Role } from '../../domain/permission.js';
import type { RoleStore } from '../../ports/role-store.js';
import { oldestFirst, RememberedCollection } from './remembered-collection.js';

/** Every request asks for all roles: they are in memory. One role is asked for to change it, from the store. */
export class RememberedRoleStore implements RoleStore {
  readonly #store: RoleStore;
  readonly #roles: RememberedCollection<Role>;

  constructor(store: RoleStore, clock: Clock) {
    this.#store = store;
    this.#roles = new RememberedCollection(store, oldestFirst, clock);
  }

  all(): Promise<readonly Role[]> {
    return this.#roles.all();
  }

  get(id: string): Promise<Role | undefined> {
    return this.#roles.fromStore(
      () => this.#store.get(id),
      (roles) => roles.find((role) => role.id === id),
    );
  }

  insert(role: Role): Promise<void> {
    return this.#roles.insert(role, () => this.#store.insert(role));
  }

  replace(role: Role, expectedRevision: number): Promise<boolean> {
    return this.#roles.replace(role, () => this.#store.replace(role, expectedRevision));
  }

  delete(id: string, expectedRevision: number): Promise<boolean> {
    return this.#roles.delete(id, () => this.#store.delete(id, expectedRevision));
  }
}
