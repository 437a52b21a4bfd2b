import type { User } from '../../domain/user.js';
import type { UserStore } from '../../ports/user-store.js';
import type { EmbeddedDatabase } from './embedded-database.js';

const NAME_TAKEN = 'a user of this name exists already: choose another name';

export class EmbeddedUserStore implements UserStore {
  readonly #database: EmbeddedDatabase;

  constructor(database: EmbeddedDatabase) {
    this.#database = database;
  }

  async get(id: string): Promise<User | undefined> {
    const found = await this.#database.documents<User>('SELECT document FROM users WHERE id = ?', [id]);
    return found[0];
  }

  async byUsername(username: string): Promise<User | undefined> {
    const sql = 'SELECT document FROM users WHERE username = ?';
    const found = await this.#database.documents<User>(sql, [username]);
    return found[0];
  }

  all(): Promise<readonly User[]> {
    return this.#database.documents('SELECT document FROM users ORDER BY id');
  }

  async insert(user: User): Promise<void> {
    await this.#database.execute(
      'INSERT INTO users (id, revision, document) VALUES (?, ?, ?)',
      [user.id, user.revision, JSON.stringify(user)],
      NAME_TAKEN,
    );
  }

  async replace(user: User, expectedRevision: number): Promise<boolean> {
    const { changes } = await this.#database.execute(
      'UPDATE users SET revision = ?, document = ? WHERE id = ? AND revision = ?',
      [user.revision, JSON.stringify(user), user.id, expectedRevision],
      NAME_TAKEN,
    );
    return changes === 1;
  }
}
