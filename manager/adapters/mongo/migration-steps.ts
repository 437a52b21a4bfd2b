import { type Collection, type Db, MongoServerError } from 'mongodb';
import type { MigrationStep } from '../../../migrations/migration.js';

type IndexStep = Extract<MigrationStep, { kind: 'index' }>;

/** Codes for what is already as it should be, or what a server that only resembles MongoDB does not have. */
const NAMESPACE_NOT_FOUND = 26;
const INDEX_NOT_FOUND = 27;
const NAMESPACE_EXISTS = 48;
const NO_SUCH_COMMAND: readonly number[] = [59, 115, 238];

/** FerretDB 1.x may forget an index that was dropped and keep it in its own database. */
const LEFT_IN_SQLITE = /SQL logic error: index \S+ already exists/;

/** Takes one step. Taking it again changes nothing. */
export async function takeStep(database: Db, step: MigrationStep): Promise<void> {
  switch (step.kind) {
    case 'collection':
      await unless([NAMESPACE_EXISTS], () => database.createCollection(step.collection));
      return;
    case 'index':
      await ensureIndex(database.collection(step.collection), step);
      return;
    case 'drop index':
      await unless([NAMESPACE_NOT_FOUND, INDEX_NOT_FOUND], () =>
        database.collection(step.collection).dropIndex(step.name),
      );
      return;
    case 'validation':
      await unless([NAMESPACE_NOT_FOUND, ...NO_SUCH_COMMAND], () =>
        database.command({ collMod: step.collection, validationLevel: step.level }),
      );
      return;
  }
}

async function unless(codes: readonly number[], work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (error instanceof MongoServerError && codes.includes(Number(error.code))) return;
    throw error;
  }
}

async function ensureIndex(collection: Collection, step: IndexStep): Promise<void> {
  const key = Object.fromEntries(step.fields.map((field) => [field, 1]));
  const existing = await collection.listIndexes().toArray();
  const isThere = existing.some(
    (index) =>
      JSON.stringify(index.key) === JSON.stringify(key) &&
      index.partialFilterExpression === undefined &&
      (step.unique !== true || index.unique === true),
  );
  if (isThere) return;
  const { name, unique, sparse } = step;
  const options = {
    name,
    ...(unique === undefined ? {} : { unique }),
    ...(sparse === undefined ? {} : { sparse }),
  };
  try {
    await collection.createIndex(key, options);
  } catch (error) {
    if (!(error instanceof MongoServerError && LEFT_IN_SQLITE.test(error.message))) throw error;
  }
}
