import type { ExternalIdentity, User } from '../../domain/user.js';
import type { UserStore } from '../../ports/user-store.js';
import { DocumentTable } from './document-table.js';
import type { EmbeddedDatabase } from './embedded-database.js';

export class EmbeddedUserStore implements UserStore {
  readonly #table: DocumentTable<User>;

  constructor(database: EmbeddedDatabase) {
    const taken = 'a user of this name exists already: choose another name';
    this.#table = new DocumentTable(database, 'users', taken);
  }

  get(id: string): Promise<User | undefined> {
    return this.#table.get(id);
  }

  async byUsername(username: string): Promise<User | undefined> {
    const [found] = await this.#table.select('WHERE username = ?', [username]);
    return found;
  }

  async byIdentity({ issuer, subject }: ExternalIdentity): Promise<User | undefined> {
    const [found] = await this.#table.select('WHERE issuer = ? AND subject = ?', [issuer, subject]);
    return found;
  }

  all(): Promise<readonly User[]> {
    return this.#table.select('ORDER BY id');
  }

  insert(user: User): Promise<void> {
    return this.#table.insert(user);
  }

  replace(user: User, expectedRevision: number): Promise<boolean> {
    return this.#table.replace(user, expectedRevision);
  }

  async delete(id: string, expectedRevision: number): Promise<boolean> {
    return (await this.#table.delete('id = ? AND revision = ?', [id, expectedRevision])) === 1;
  }
}
