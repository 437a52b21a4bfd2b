import type { Session } from '../../domain/session.js';
import type { SessionStore } from '../../ports/session-store.js';
import { DocumentCollection } from './document-collection.js';
import { int64, objectIdIfAny } from './document-fields.js';
import type { MongoConnection } from './mongo-connection.js';
import { SESSION_DOCUMENT } from './session-document.js';

export class MongoSessionStore implements SessionStore {
  readonly #sessions: DocumentCollection<Session>;

  constructor(connection: MongoConnection) {
    this.#sessions = new DocumentCollection(connection, SESSION_DOCUMENT);
  }

  get(id: string): Promise<Session | undefined> {
    return this.#sessions.get(id);
  }

  async ofUser(userId: string): Promise<readonly Session[]> {
    const userID = objectIdIfAny(userId);
    return userID === undefined ? [] : this.#sessions.find({ userID });
  }

  insert(session: Session): Promise<void> {
    return this.#sessions.insert(session);
  }

  replace(session: Session, expectedRevision: number): Promise<boolean> {
    return this.#sessions.replace(session, expectedRevision);
  }

  async deleteOfUser(userId: string): Promise<number> {
    const userID = objectIdIfAny(userId);
    return userID === undefined ? 0 : this.#sessions.delete({ userID });
  }

  deleteExpired(beforeMs: number): Promise<number> {
    return this.#sessions.delete({ expiresTime: { $lt: int64(beforeMs) } });
  }
}
