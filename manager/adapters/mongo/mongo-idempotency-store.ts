import type { Collection, Document } from 'mongodb';
import type { IdempotentAnswer } from '../../domain/idempotent-answer.js';
import type { IdempotencyStore } from '../../ports/idempotency-store.js';
import { COLLECTIONS } from './collections.js';
import { equalsText, int64, integer, text } from './document-fields.js';
import type { MongoConnection } from './mongo-connection.js';

interface AnswerDocument extends Document {
  readonly _id: string;
}

const TAKEN = 'a request with this Idempotency-Key is known already';

export class MongoIdempotencyStore implements IdempotencyStore {
  readonly #connection: MongoConnection;

  constructor(connection: MongoConnection) {
    this.#connection = connection;
  }

  async get(id: string): Promise<IdempotentAnswer | undefined> {
    const document = await this.#run((answers) => answers.findOne({ _id: equalsText(id) }));
    return document === null ? undefined : fromDocument(document);
  }

  async insert(answer: IdempotentAnswer): Promise<void> {
    await this.#run((answers) => answers.insertOne({ _id: answer.id, ...fieldsOf(answer) }));
  }

  /** Only the first request of a key completes it, so there is no revision to compare. */
  async complete(answer: IdempotentAnswer): Promise<boolean> {
    const update = { $set: fieldsOf(answer) };
    const { matchedCount } = await this.#run((answers) =>
      answers.updateOne({ _id: equalsText(answer.id) }, update),
    );
    return matchedCount === 1;
  }

  async delete(id: string): Promise<void> {
    await this.#run((answers) => answers.deleteMany({ _id: equalsText(id) }));
  }

  async deleteExpired(beforeMs: number): Promise<number> {
    const expired = { expiresTime: { $lt: int64(beforeMs) } };
    return (await this.#run((answers) => answers.deleteMany(expired))).deletedCount;
  }

  #run<Result>(operation: (answers: Collection<AnswerDocument>) => Promise<Result>): Promise<Result> {
    return this.#connection.run((database) => operation(database.collection(COLLECTIONS.idempotency)), TAKEN);
  }
}

function fieldsOf({ requestHash, resultId, answer, createdTime, expiresTime }: IdempotentAnswer) {
  return {
    requestHash,
    resultId,
    answer,
    createdTime: int64(createdTime),
    expiresTime: int64(expiresTime),
  };
}

function fromDocument(document: AnswerDocument): IdempotentAnswer {
  return {
    id: document._id,
    requestHash: text(document.requestHash),
    resultId: text(document.resultId),
    answer: text(document.answer),
    createdTime: integer(document.createdTime, 0),
    expiresTime: integer(document.expiresTime, 0),
  };
}
