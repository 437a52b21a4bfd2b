import type { Collection, Document, Long } from 'mongodb';
import { DomainError } from '../../../shared/domain/domain-error.js';
import type { EpochStore } from '../../ports/epoch-store.js';
import { COLLECTIONS } from './collections.js';
import { int64, integer } from './document-fields.js';
import type { MongoConnection } from './mongo-connection.js';

interface EpochDocument extends Document {
  /** The epoch that this one follows: two managers cannot both follow the same. */
  readonly _id: Long | number;
  readonly epoch: Long | number;
}

/**
 * One document for each epoch that was ever claimed, which is one for each start of a manager. Comparing and setting
 * is the insertion of one more, because a unique id is the one thing that every server keeps under any race.
 */
export class MongoEpochStore implements EpochStore {
  readonly #connection: MongoConnection;

  constructor(connection: MongoConnection) {
    this.#connection = connection;
  }

  async current(): Promise<number> {
    const last = await this.#run((epochs) => epochs.findOne({}, { sort: { _id: -1 } }));
    return integer(last?.epoch, 0);
  }

  async compareAndSet(expected: number, next: number): Promise<boolean> {
    if ((await this.current()) !== expected) return false;
    try {
      await this.#run((epochs) => epochs.insertOne({ _id: int64(expected), epoch: int64(next) }));
      return true;
    } catch (error) {
      if (error instanceof DomainError && error.code === 'conflict') return false;
      throw error;
    }
  }

  #run<Result>(operation: (epochs: Collection<EpochDocument>) => Promise<Result>): Promise<Result> {
    return this.#connection.run((database) => operation(database.collection(COLLECTIONS.epochs)));
  }
}
