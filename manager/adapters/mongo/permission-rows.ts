import type { AnyBulkWriteOperation, Document } from 'mongodb';
import type { Clock } from '../../../shared/lifecycle/clock.js';
import { PERMISSION_KEYS, PERMISSIONS } from '../../domain/permission.js';
import { COLLECTIONS } from './collections.js';
import { int64, text } from './document-fields.js';
import type { MongoConnection } from './mongo-connection.js';

/**
 * Keeps a row for each of our permissions (contract 1.13), for programs that look them up there; we do not. Rows of
 * other keys, and other words in a row that is there, stay as they are.
 */
export async function keepPermissionRows(connection: MongoConnection, clock: Clock): Promise<void> {
  const now = int64(clock.now());
  await connection.run(async (database) => {
    const rows = database.collection(COLLECTIONS.permissions);
    const found = await rows.find({}, { projection: { key: 1 } }).toArray();
    const known = new Set(found.map(({ key }) => text(key)));
    const missing = PERMISSION_KEYS.filter((key) => !known.has(key));
    if (missing.length === 0) return;
    const inserts = missing.map((key): AnyBulkWriteOperation<Document> => {
      const row = {
        ...resourceAndAction(key),
        description: PERMISSIONS[key],
        createdTime: now,
        updatedTime: now,
      };
      return { updateOne: { filter: { key }, update: { $setOnInsert: row }, upsert: true } };
    });
    await rows.bulkWrite(inserts, { ordered: true });
  });
}

/** `schedule_strategy.create` is the action `create` on `schedule_strategy`; `settings` has no action. */
function resourceAndAction(key: string): { readonly resource: string; readonly action: string } {
  const dot = key.indexOf('.');
  return dot < 0
    ? { resource: key, action: '' }
    : { resource: key.slice(0, dot), action: key.slice(dot + 1) };
}
