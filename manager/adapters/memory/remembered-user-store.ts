import type { Clock } from '../../../shared/lifecycle/clock.js';
import type { ExternalIdentity, User } from '../../domain/user.js';
import type { UserStore } from '../../ports/user-store.js';
import { oldestFirst, RememberedCollection } from './remembered-collection.js';

/** Every request asks for its user by id: that is answered from memory. Sign-ins ask the store. */
export class RememberedUserStore implements UserStore {
  readonly #store: UserStore;
  readonly #users: RememberedCollection<User>;

  constructor(store: UserStore, clock: Clock) {
    this.#store = store;
    this.#users = new RememberedCollection(store, oldestFirst, clock);
  }

  get(id: string): Promise<User | undefined> {
    return this.#users.get(id);
  }

  byUsername(username: string): Promise<User | undefined> {
    return this.#users.fromStore(
      () => this.#store.byUsername(username),
      (users) => users.find((user) => user.username === username),
    );
  }

  byIdentity(identity: ExternalIdentity): Promise<User | undefined> {
    const { issuer, subject } = identity;
    return this.#users.fromStore(
      () => this.#store.byIdentity(identity),
      (users) => users.find((user) => user.identity?.issuer === issuer && user.identity.subject === subject),
    );
  }

  all(): Promise<readonly User[]> {
    return this.#users.all();
  }

  insert(user: User): Promise<void> {
    return this.#users.insert(user, () => this.#store.insert(user));
  }

  replace(user: User, expectedRevision: number): Promise<boolean> {
    return this.#users.replace(user, () => this.#store.replace(user, expectedRevision));
  }

  delete(id: string, expectedRevision: number): Promise<boolean> {
    return this.#users.delete(id, () => this.#store.delete(id, expectedRevision));
  }
}
