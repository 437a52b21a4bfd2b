import { DomainError } from '../../../shared/domain/domain-error.js';
import { OneByOne } from '../../../shared/lifecycle/one-by-one.js';
import type { Accounts } from '../../domain/administration.js';
import { type AccountChanges, OVERTAKEN } from '../../ports/account-changes.js';
import type { RoleStore } from '../../ports/role-store.js';
import type { UserStore } from '../../ports/user-store.js';

/** Requests that change accounts at the same time; each waits for those before it. */
const MOST_WAITING = 2_000;

/** Sign-ins and other managers may come first; this often in a row is something else. */
const MOST_TRIES = 20;

export class SerialAccountChanges implements AccountChanges {
  readonly #users: UserStore;
  readonly #roles: RoleStore;
  readonly #turns = new OneByOne('users and roles', MOST_WAITING);

  constructor(users: UserStore, roles: RoleStore) {
    this.#users = users;
    this.#roles = roles;
  }

  run<Result>(change: (accounts: Accounts) => Promise<Result | typeof OVERTAKEN>): Promise<Result> {
    return this.#turns.run(async () => {
      for (let tries = 0; tries < MOST_TRIES; tries++) {
        const result = await change(await this.read());
        if (result !== OVERTAKEN) return result;
      }
      throw new DomainError('conflict', 'it was changed by others again and again: try again later');
    });
  }

  async read(): Promise<Accounts> {
    const [users, roles] = await Promise.all([this.#users.all(), this.#roles.all()]);
    return { users, roles };
  }
}
