import type { Collection, Db, Document, Filter, ObjectId, Sort } from 'mongodb';
import { DomainError } from '../../../shared/domain/domain-error.js';
import { hexId, int64, integer, objectId, objectIdIfAny } from './document-fields.js';
import { DocumentTurns } from './document-turns.js';
import type { MongoConnection } from './mongo-connection.js';

/** A document of any of our collections; only its id is certain, whoever wrote the rest. */
export interface StoredDocument extends Document {
  readonly _id: ObjectId;
}

/** Fields to write; undefined takes a field away. */
export type Fields = Readonly<Record<string, unknown>>;

/** How one kind of value is kept. */
export interface DocumentMapping<Value> {
  readonly collection: string;
  /** What to say when a uniqueness rule is broken. */
  readonly taken: string;
  /** Everything but `_id` and `revision`. */
  readonly toFields: (value: Value) => Fields;
  readonly fromDocument: (document: StoredDocument) => Value;
}

interface Versioned {
  readonly id: string;
  readonly revision: number;
}

const OLDEST_FIRST: Sort = { createdTime: 1, _id: 1 };

/**
 * Values with a revision in one collection. An update sets our fields and leaves all others, so that what another
 * program keeps in a document outlives us.
 */
export class DocumentCollection<Value extends Versioned> {
  readonly #connection: MongoConnection;
  readonly #mapping: DocumentMapping<Value>;
  readonly #turns = new DocumentTurns();

  constructor(connection: MongoConnection, mapping: DocumentMapping<Value>) {
    this.#connection = connection;
    this.#mapping = mapping;
  }

  async get(id: string): Promise<Value | undefined> {
    const _id = objectIdIfAny(id);
    return _id === undefined ? undefined : this.findOne({ _id });
  }

  async findOne(filter: Filter<StoredDocument>): Promise<Value | undefined> {
    const document = await this.run((collection) => collection.findOne(filter));
    return document === null ? undefined : this.#mapping.fromDocument(document);
  }

  async find(filter: Filter<StoredDocument> = {}, sort: Sort = OLDEST_FIRST): Promise<readonly Value[]> {
    const found = await this.run((collection) => collection.find(filter, { sort }).toArray());
    return found.map(this.#mapping.fromDocument);
  }

  async insert(value: Value): Promise<void> {
    const fields = given(this.#mapping.toFields(value));
    const document = { _id: objectId(value.id), ...fields, deletedTime: int64(0), revision: value.revision };
    await this.run((collection) => collection.insertOne(document));
  }

  async replace(value: Value, expectedRevision: number): Promise<boolean> {
    const _id = objectIdIfAny(value.id);
    if (_id === undefined) return false;
    const fields = this.#mapping.toFields(value);
    const gone = Object.keys(fields).filter((key) => fields[key] === undefined);
    const update = {
      $set: { ...given(fields), revision: value.revision },
      ...(gone.length === 0 ? {} : { $unset: Object.fromEntries(gone.map((key) => [key, ''])) }),
    };
    return this.#turns.change(value.id, expectedRevision, async () => {
      const filter = { _id, ...atRevision(expectedRevision) };
      const { matchedCount } = await this.run((collection) => collection.updateOne(filter, update));
      return matchedCount === 1;
    });
  }

  /** How many documents there were. */
  async delete(filter: Filter<StoredDocument>): Promise<number> {
    return (await this.run((collection) => collection.deleteMany(filter))).deletedCount;
  }

  /** False when there was none of this id; with a revision, at that revision. */
  async deleteOne(id: string, expectedRevision?: number): Promise<boolean> {
    const _id = objectIdIfAny(id);
    if (_id === undefined) return false;
    const revision = expectedRevision === undefined ? {} : atRevision(expectedRevision);
    const remove = async () => (await this.delete({ _id, ...revision })) === 1;
    return this.#turns.change(id, expectedRevision ?? Number.MAX_SAFE_INTEGER, remove);
  }

  run<Result>(operation: (collection: Collection<StoredDocument>) => Promise<Result>): Promise<Result> {
    const { collection, taken } = this.#mapping;
    return this.#connection.run((database: Db) => operation(database.collection(collection)), taken);
  }
}

/** Documents of the first implementation have no revision, and count as the first. */
const FIRST_REVISION = 1;

export function revisionOf(document: Document): number {
  return integer(document.revision, FIRST_REVISION);
}

export function idOf(document: StoredDocument): string {
  return hexId(document._id);
}

function atRevision(revision: number): Filter<StoredDocument> {
  if (!Number.isSafeInteger(revision))
    throw new DomainError('invalid', 'expected a whole number as revision');
  return revision === FIRST_REVISION
    ? { $or: [{ revision }, { revision: { $exists: false } }] }
    : { revision };
}

function given(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
