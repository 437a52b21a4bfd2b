import { randomBytes } from 'node:crypto';
import { hash } from '@node-rs/argon2';
import { Long, MongoClient, ObjectId } from 'mongodb';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { MongoSettings } from '../../../manager/adapters/mongo/mongo-connection.js';
import { entryHash } from '../../../manager/domain/audit-chain.js';
import { PERMISSION_KEYS } from '../../../manager/domain/permission.js';
import { mongoStores } from '../../support/mongo-stores.js';
import { describeMongoDb } from '../../support/mongodb-server.js';
import { ADMIN, startTestManager } from '../../support/test-manager.js';
import { aChain } from './values.js';

/** As the first implementation makes them (contract 1.5). */
function firstGenerationHash(password: string): Promise<string> {
  const salt = randomBytes(16);
  return hash(password, { memoryCost: 16_384, timeCost: 3, parallelism: 2, outputLen: 32, salt });
}

/** The keys that were there before ours. */
const PUBLIC_KEYS = PERMISSION_KEYS.slice(0, PERMISSION_KEYS.indexOf('user.delete'));

function times(milliseconds: number) {
  return {
    createdTime: Long.fromNumber(milliseconds),
    updatedTime: Long.fromNumber(milliseconds),
    deletedTime: Long.fromNumber(0),
    creatorID: new ObjectId(),
    updaterID: new ObjectId(),
  };
}

await describeMongoDb('a database of the first implementation', (server) => {
  const userId = new ObjectId();
  const strategyId = new ObjectId();
  const refreshTokens = [{ jti: 'j', tokenHash: 'f'.repeat(64), expiresAt: 1_700_000_000, revoked: false }];
  let settings: MongoSettings;
  let client: MongoClient;
  beforeEach(async () => {
    settings = server().newDatabase();
    client = new MongoClient(settings.uri);
    const db = client.db(settings.database);
    await db
      .collection('users')
      .createIndex({ username: 1 }, { unique: true, name: 'idx_users_username_unique' });
    await db.collection('roles').createIndex({ name: 1 }, { unique: true, name: 'idx_roles_name_unique' });
    await db.collection('users').insertMany([
      {
        _id: userId,
        ...times(1_700_000_000_000),
        username: ADMIN.username,
        password: await firstGenerationHash('their-old-password'),
        status: 1,
        roles: ['admin'],
        permissionKeys: ['user.create'],
        tokenVersion: 4,
        refreshTokens,
      },
      { username: 'bare', password: '', status: 7, roles: null },
    ]);
    await db.collection('roles').insertMany([
      {
        ...times(1_700_000_000_000),
        name: 'admin',
        description: 'Administrator',
        policies: PUBLIC_KEYS.map((permissionKey) => ({
          permissionKey,
          self: false,
          k8sNamespace: '',
          policeNamespace: '',
        })),
      },
      {
        name: 'team',
        note: 'theirs',
        policies: [
          {
            permissionKey: 'schedule_strategy.create',
            self: true,
            k8sNamespace: 'a, b-*',
            policeNamespace: 'blue',
          },
          { permissionKey: 'unheard.of', self: false },
        ],
      },
    ]);
    await db.collection('permissions').insertOne({ key: 'user.create', resource: 'user', action: 'create' });
    await db.collection('schedule_strategies').insertMany([
      {
        _id: strategyId,
        ...times(1_600_000_000_000),
        creatorID: userId,
        strategyNamespace: 'blue',
        labelSelectors: [
          { key: 'app', value: 'web' },
          { key: 'tier', value: '' },
          { key: '', value: 'x' },
        ],
        k8sNamespace: null,
        commandRegex: '^nginx',
        priority: 3,
        executionTime: Long.fromNumber(5_000_000),
      },
      { ...times(1_600_000_000_001), creatorID: userId, commandRegex: '(', priority: -4, executionTime: 1 },
    ]);
  });
  afterEach(() => client.close());

  it('is taken over as it is: who is in it signs in with the old password and may do what they might', async () => {
    const manager = await startTestManager({ store: settings });
    try {
      const token = await manager.login('their-old-password');
      const { body: users } = await manager.call('GET', '/api/v1/users', undefined, token);
      expect(users.data.users.map(({ username }: { username: string }) => username).sort()).toEqual([
        ADMIN.username,
        'bare',
      ]);
      const { body: mine } = await manager.call('GET', '/api/v1/strategies/self', undefined, token);
      expect(mine.data.strategies.map(({ id }: { id: string }) => id)).toContain(strategyId.toHexString());
      const audit = await manager.call('GET', '/api/v1/audit', undefined, token);
      expect(audit.status).toBe(200);
      const created = await manager.call('POST', '/api/v1/users', { username: 'new@example.com' }, token);
      expect(created.status).toBe(200);
    } finally {
      await manager.stop();
    }
    const kept = await client.db(settings.database).collection('users').findOne({ _id: userId });
    expect(kept).toMatchObject({ permissionKeys: ['user.create'], refreshTokens });
  });

  it('is read with what is missing filled in, and with what is out of range brought into it', async () => {
    const stores = await mongoStores(settings);
    try {
      expect(await stores.users.byUsername('bare')).toMatchObject({
        status: 2,
        roles: [],
        tokenVersion: 0,
        revision: 1,
      });
      expect((await stores.roles.all()).find(({ name }) => name === 'team')?.grants).toEqual([
        {
          permissionKey: 'schedule_strategy.create',
          ownOnly: true,
          k8sNamespaces: ['a', 'b-*'],
          policyNamespaces: ['blue'],
          strongestPriority: 0,
        },
      ]);
      const [first, second] = await stores.strategies.ownedBy(userId.toHexString());
      expect(first?.spec).toMatchObject({
        labelSelectors: [
          { key: 'app', operator: 'In', values: ['web'] },
          { key: 'tier', operator: 'Exists', values: [] },
        ],
        k8sNamespace: [],
        priority: 3,
        executionTime: 5_000_000,
        enabled: true,
        allPods: false,
      });
      expect(second?.spec).toMatchObject({
        priority: 0,
        executionTime: 100_000,
        enabled: false,
        allPods: true,
      });
    } finally {
      await stores.close();
    }
  });

  it('keeps fields that we do not know when we write, and gets ours', async () => {
    const stores = await mongoStores(settings);
    try {
      const user = await stores.users.byUsername(ADMIN.username);
      if (user === undefined) throw new Error('no user');
      expect(await stores.users.replace({ ...user, status: 3, revision: 2 }, 1)).toBe(true);
      expect(await stores.users.replace({ ...user, status: 1, revision: 2 }, 1)).toBe(false);
      const team = (await stores.roles.all()).find(({ name }) => name === 'team');
      if (team === undefined) throw new Error('no role');
      expect(await stores.roles.replace({ ...team, revision: 2 }, 1)).toBe(true);
    } finally {
      await stores.close();
    }
    const db = client.db(settings.database);
    expect(await db.collection('users').findOne({ _id: userId })).toMatchObject({
      status: 3,
      revision: 2,
      tokenVersion: 4,
      permissionKeys: ['user.create'],
      refreshTokens,
    });
    expect(await db.collection('roles').findOne({ name: 'team' })).toMatchObject({
      note: 'theirs',
      policies: [{ k8sNamespace: 'a,b-*', policeNamespace: 'blue', policyNamespace: 'blue' }],
    });
  });

  it('shows in the audit log when somebody changed a column or an entry behind our back', async () => {
    const stores = await mongoStores(settings);
    try {
      const chain = aChain([{}, {}]);
      await stores.audit.insertMany(chain);
      const log = client.db(settings.database).collection<{ _id: number }>('audit_logs');
      await log.updateOne({ _id: 1 }, { $set: { username: 'bob' } });
      await log.updateOne({ _id: 2 }, { $set: { timestamp: 5 } });

      for (const entry of await stores.audit.inOrder(1, 10)) expect(entryHash(entry)).not.toBe(entry.hash);
    } finally {
      await stores.close();
    }
  });
});
