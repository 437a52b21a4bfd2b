import type { Collection, ObjectId } from 'mongodb';
import type { Exclusion } from '../../domain/exclusion.js';
import type { ExclusionStore } from '../../ports/exclusion-store.js';
import { COLLECTIONS } from './collections.js';
import type { StoredDocument } from './document-collection.js';
import { hexId, int64, integer, objectId, objectIdIfAny, text } from './document-fields.js';
import type { MongoConnection } from './mongo-connection.js';
import { isOnlyDuplicates } from './mongo-failure.js';

export class MongoExclusionStore implements ExclusionStore {
  readonly #connection: MongoConnection;

  constructor(connection: MongoConnection) {
    this.#connection = connection;
  }

  async all(): Promise<readonly Exclusion[]> {
    const found = await this.#run((exclusions) =>
      exclusions.find({}, { sort: { createdTime: 1, _id: 1 } }).toArray(),
    );
    return found.map(fromDocument);
  }

  async add(exclusions: readonly Exclusion[]): Promise<void> {
    if (exclusions.length === 0) return;
    const documents = exclusions.map(toDocument);
    await this.#run(async (collection) => {
      try {
        await collection.insertMany(documents, { ordered: false });
      } catch (error) {
        if (!isOnlyDuplicates(error)) throw error;
      }
    });
  }

  async remove(ids: readonly string[]): Promise<number> {
    const known = ids.flatMap((id) => objectIdIfAny(id) ?? []);
    if (known.length === 0) return 0;
    return (await this.#run((exclusions) => exclusions.deleteMany({ _id: { $in: known } }))).deletedCount;
  }

  async removeOfSource(sourceId: string): Promise<number> {
    const sourceID = objectIdIfAny(sourceId);
    if (sourceID === undefined) return 0;
    return (await this.#run((exclusions) => exclusions.deleteMany({ sourceID }))).deletedCount;
  }

  async handOver(sourceId: string, ownerId: string): Promise<number> {
    const sourceID = objectIdIfAny(sourceId);
    if (sourceID === undefined) return 0;
    const update = { $set: { creatorID: objectId(ownerId) } };
    return (await this.#run((exclusions) => exclusions.updateMany({ sourceID }, update))).matchedCount;
  }

  #run<Result>(operation: (collection: Collection<ExclusionDocument>) => Promise<Result>): Promise<Result> {
    return this.#connection.run((database) => operation(database.collection(COLLECTIONS.exclusions)));
  }
}

interface ExclusionDocument extends StoredDocument {
  readonly _id: ObjectId;
}

function toDocument({ id, kind, sourceId, targetId, targetName, ownerId, createdTime }: Exclusion) {
  return {
    _id: objectId(id),
    kind,
    sourceID: objectId(sourceId),
    targetID: targetId,
    targetName,
    creatorID: objectId(ownerId),
    createdTime: int64(createdTime),
  };
}

function fromDocument(document: ExclusionDocument): Exclusion {
  return {
    id: hexId(document._id),
    kind: document.kind === 'node' ? 'node' : 'pod',
    sourceId: hexId(document.sourceID),
    targetId: text(document.targetID),
    targetName: text(document.targetName),
    ownerId: hexId(document.creatorID),
    createdTime: integer(document.createdTime, 0),
  };
}
