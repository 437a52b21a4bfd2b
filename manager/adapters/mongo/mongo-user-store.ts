import type { ExternalIdentity, User } from '../../domain/user.js';
import type { UserStore } from '../../ports/user-store.js';
import { DocumentCollection } from './document-collection.js';
import { equalsText } from './document-fields.js';
import type { MongoConnection } from './mongo-connection.js';
import { identityKey, USER_DOCUMENT } from './user-document.js';

export class MongoUserStore implements UserStore {
  readonly #users: DocumentCollection<User>;

  constructor(connection: MongoConnection) {
    this.#users = new DocumentCollection(connection, USER_DOCUMENT);
  }

  get(id: string): Promise<User | undefined> {
    return this.#users.get(id);
  }

  async byUsername(username: string): Promise<User | undefined> {
    return this.#users.findOne({ username: equalsText(username) });
  }

  async byIdentity(identity: ExternalIdentity): Promise<User | undefined> {
    return this.#users.findOne({ identityKey: equalsText(identityKey(identity)) });
  }

  all(): Promise<readonly User[]> {
    return this.#users.find({}, { _id: 1 });
  }

  insert(user: User): Promise<void> {
    return this.#users.insert(user);
  }

  replace(user: User, expectedRevision: number): Promise<boolean> {
    return this.#users.replace(user, expectedRevision);
  }

  delete(id: string, expectedRevision: number): Promise<boolean> {
    return this.#users.deleteOne(id, expectedRevision);
  }
}
