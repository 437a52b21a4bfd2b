import { MongoClient } from 'mongodb';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { MongoConnection, type MongoSettings } from '../../../manager/adapters/mongo/mongo-connection.js';
import { keepPermissionRows } from '../../../manager/adapters/mongo/permission-rows.js';
import { PERMISSION_KEYS } from '../../../manager/domain/permission.js';
import { MIGRATIONS } from '../../../migrations/index.js';
import type { Migration } from '../../../migrations/migration.js';
import { systemClock } from '../../../shared/lifecycle/clock.js';
import { testMigrator } from '../../support/mongo-stores.js';
import { describeMongoDb } from '../../support/mongodb-server.js';

const NEVER = new AbortController().signal;

const SECOND: Migration = {
  name: '0002-more',
  up: [
    { kind: 'collection', collection: 'more' },
    { kind: 'index', collection: 'more', name: 'podium_a', fields: ['a'], unique: true },
  ],
  down: [{ kind: 'drop index', collection: 'more', name: 'podium_a' }],
};

await describeMongoDb('migrations', (server) => {
  let settings: MongoSettings;
  let connection: MongoConnection;
  let client: MongoClient;
  beforeEach(() => {
    settings = server().newDatabase();
    connection = new MongoConnection(settings);
    client = new MongoClient(settings.uri);
  });
  afterEach(async () => {
    await connection.close();
    await client.close();
  });
  const database = () => client.db(settings.database);
  const indexNames = async (collection: string) =>
    (await database().collection(collection).listIndexes().toArray()).map(({ name }) => name);
  const records = () => database().collection<{ _id: string }>('podium_migrations');

  it('are applied once, taken back, and applied again', async () => {
    const migrator = testMigrator(connection, [...MIGRATIONS, SECOND]);

    await migrator.up(NEVER);
    await migrator.up(NEVER);
    expect((await migrator.plan()).pending).toEqual([]);
    expect(await indexNames('users')).toEqual(
      expect.arrayContaining(['idx_users_username_unique', 'podium_identityKey']),
    );
    expect(await indexNames('more')).toContain('podium_a');

    await migrator.down(1, NEVER);
    expect((await migrator.plan()).pending).toEqual([SECOND]);
    expect(await indexNames('more')).not.toContain('podium_a');
    await migrator.down(0, NEVER);
    expect(await indexNames('users')).toEqual(['_id_', 'idx_users_username_unique']);
    await migrator.up(NEVER);
    expect(await indexNames('more')).toContain('podium_a');
  });

  it('are applied by one of several managers that start together', async () => {
    const others = Array.from({ length: 3 }, () => new MongoConnection(settings));
    try {
      await Promise.all([connection, ...others].map((each) => testMigrator(each).up(NEVER)));
    } finally {
      await Promise.all(others.map((each) => each.close()));
    }

    expect((await testMigrator(connection).plan()).pending).toEqual([]);
    expect(await records().countDocuments()).toBe(MIGRATIONS.length);
  });

  it('go on where a manager died half-way, when its lease is over', async () => {
    await database().createCollection('users');
    await database()
      .collection<{ _id: number }>('podium_migration_leases')
      .insertOne({ _id: 7, holder: 'dead', renewals: 3, released: false } as never);

    await testMigrator(connection).up(NEVER);

    expect((await testMigrator(connection).plan()).pending).toEqual([]);
  });

  it('count as not applied when their way back was cut off', async () => {
    const migrator = testMigrator(connection, [...MIGRATIONS, SECOND]);
    await migrator.up(NEVER);
    await records().updateOne({ _id: SECOND.name }, { $set: { undoing: true } });
    await database().collection('more').dropIndex('podium_a');

    await migrator.up(NEVER);

    expect(await indexNames('more')).toContain('podium_a');
  });

  it.each([
    ['of a later version', { _id: '0009-later', checksum: 'x', undoing: false }, /later version/],
    ['that was another one', { _id: MIGRATIONS[0]?.name ?? '', checksum: 'x', undoing: false }, /checksum/],
  ])('are refused where the database has one %s', async (_title, record, words) => {
    await records().insertOne(record);

    await expect(testMigrator(connection).up(NEVER)).rejects.toThrow(words);
    expect(await database().listCollections({ name: 'users' }).toArray()).toEqual([]);
  });

  it('say which values stand in the way of a unique index', async () => {
    await database()
      .collection('more')
      .insertMany([{ a: 1 }, { a: 1 }]);

    const up = testMigrator(connection, [SECOND]).up(NEVER);

    await expect(up).rejects.toThrow(/more holds documents that agree in a/);
  });

  it('keep a row for each permission, and leave the words of those that are there', async () => {
    await testMigrator(connection).up(NEVER);
    const rows = database().collection('permissions');
    await rows.insertOne({ key: 'user.create', resource: 'user', action: 'create', description: 'theirs' });
    await rows.insertOne({ key: 'something.else', description: 'not ours' });

    await keepPermissionRows(connection, systemClock);
    await keepPermissionRows(connection, systemClock);

    const kept = await rows.find().toArray();
    expect(kept.map(({ key }) => key).sort()).toEqual([...PERMISSION_KEYS, 'something.else'].sort());
    expect(kept.find(({ key }) => key === 'user.create')).toMatchObject({ description: 'theirs' });
    expect(kept.find(({ key }) => key === 'strategy.read_all')).toMatchObject({
      resource: 'strategy',
      action: 'read_all',
    });
  });
});
