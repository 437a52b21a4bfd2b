import type { Session } from '../../domain/session.js';
import type { SessionStore } from '../../ports/session-store.js';
import { DocumentTable } from './document-table.js';
import type { EmbeddedDatabase } from './embedded-database.js';

export class EmbeddedSessionStore implements SessionStore {
  readonly #table: DocumentTable<Session>;

  constructor(database: EmbeddedDatabase) {
    this.#table = new DocumentTable(database, 'sessions', 'a session of this id exists already');
  }

  get(id: string): Promise<Session | undefined> {
    return this.#table.get(id);
  }

  ofUser(userId: string): Promise<readonly Session[]> {
    return this.#table.select('WHERE user_id = ? ORDER BY created_time, id', [userId]);
  }

  insert(session: Session): Promise<void> {
    return this.#table.insert(session);
  }

  replace(session: Session, expectedRevision: number): Promise<boolean> {
    return this.#table.replace(session, expectedRevision);
  }

  deleteOfUser(userId: string): Promise<number> {
    return this.#table.delete('user_id = ?', [userId]);
  }

  deleteExpired(beforeMs: number): Promise<number> {
    return this.#table.delete('expires_time < ?', [beforeMs]);
  }
}
