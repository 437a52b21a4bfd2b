import { DomainError } from '../../../shared/domain/domain-error.js';
import type { Clock } from '../../../shared/lifecycle/clock.js';
import { withRevokedTokens } from '../../domain/revoked-tokens.js';
import type { User } from '../../domain/user.js';
import type { SessionStore } from '../../ports/session-store.js';
import type { UserStore } from '../../ports/user-store.js';

const MOST_TRIES = 20;

/** The users who refer to a role by its name. */
export class RoleHolders {
  readonly #users: UserStore;
  readonly #sessions: SessionStore;
  readonly #clock: Clock;

  constructor(users: UserStore, sessions: SessionStore, clock: Clock) {
    this.#users = users;
    this.#sessions = sessions;
    this.#clock = clock;
  }

  /** Lets everybody who holds one name hold the other beside it. Their rights stay, and so do their tokens. */
  async addName(held: string, added: string): Promise<void> {
    await this.#changeAll(held, (user) => renamed(user, [...user.roles, added], this.#clock.now()));
  }

  /** Puts the new name in the place of the old one, for everybody who holds the old one. */
  async replaceName(old: string, replacement: string): Promise<void> {
    await this.#changeAll(old, (user) => {
      const roles = user.roles.map((name) => (name === old ? replacement : name));
      return renamed(user, roles, this.#clock.now());
    });
  }

  /** Undoes `addName`. */
  async removeName(held: string, added: string): Promise<void> {
    await this.#changeAll(held, (user) => renamed(user, without(user, added), this.#clock.now()));
  }

  /** Takes the role from everybody and ends what they are signed in with; who held it, as they are now. */
  async strip(name: string): Promise<readonly User[]> {
    const stripped = await this.#changeAll(name, (user) =>
      withRevokedTokens({ ...user, roles: without(user, name) }, this.#clock.now()),
    );
    for (const { id } of stripped) await this.#sessions.deleteOfUser(id);
    return stripped;
  }

  async #changeAll(name: string, change: (user: User) => User): Promise<readonly User[]> {
    const changed: User[] = [];
    for (const { id, roles } of await this.#users.all()) {
      if (!roles.includes(name)) continue;
      const user = await this.#changeOne(id, name, change);
      if (user !== undefined) changed.push(user);
    }
    return changed;
  }

  async #changeOne(id: string, name: string, change: (user: User) => User): Promise<User | undefined> {
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      const user = await this.#users.get(id);
      if (user === undefined || !user.roles.includes(name)) return undefined;
      const changed = change(user);
      if (await this.#users.replace(changed, user.revision)) return changed;
    }
    throw new DomainError('conflict', `user ${id} is changed by others again and again: try again later`);
  }
}

function renamed(user: User, roles: readonly string[], nowMs: number): User {
  return { ...user, roles: [...new Set(roles)], updatedTime: nowMs, revision: user.revision + 1 };
}

function without({ roles }: User, name: string): readonly string[] {
  return roles.filter((other) => other !== name);
}
