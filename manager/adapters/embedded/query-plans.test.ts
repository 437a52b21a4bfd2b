import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { expect, it } from 'vitest';
import type { Stores } from '../../ports/stores.js';
import { EmbeddedDatabase } from './embedded-database.js';
import { storesInFile } from './embedded-stores.js';
import { SqliteExecutor, type SqlStatement } from './sqlite-executor.js';

const ID = '1'.repeat(24);

/** Every question that a store can be asked. */
async function askEverything(stores: Stores): Promise<void> {
  const { strategies, users, roles, sessions, nodePolicies, exclusions, idempotency, audit, epoch } = stores;
  await strategies.all();
  await strategies.ownedBy(ID);
  await strategies.get(ID);
  await strategies.delete(ID);
  await users.all();
  await users.get(ID);
  await users.byUsername('ann');
  await users.byIdentity({ issuer: 'i', subject: 's' });
  await users.delete(ID, 1);
  await roles.all();
  await roles.get(ID);
  await sessions.get(ID);
  await sessions.ofUser(ID);
  await sessions.deleteOfUser(ID);
  await sessions.deleteExpired(1);
  await nodePolicies.all();
  await nodePolicies.ownedBy(ID);
  await nodePolicies.get(ID);
  await exclusions.all();
  await exclusions.remove([ID]);
  await exclusions.removeOfSource(ID);
  await exclusions.handOver(ID, ID);
  await idempotency.get(ID);
  await idempotency.deleteExpired(1);
  await audit.last();
  await audit.inOrder(1, 10);
  for (const query of [
    { userId: ID },
    { username: 'ann' },
    { action: 'auth.login' },
    { targetKind: 'user', targetId: ID },
    { requestId: 'r' },
    { sinceMs: 1, untilMs: 2 },
    { beforeSequence: 5 },
  ]) {
    await audit.find(query, 10);
  }
  await epoch.current();
}

it('every query of the embedded stores goes by an index', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'podium-test-'));
  const file = path.join(folder, 'podium.db');
  const executor = new SqliteExecutor(file);
  const asked: SqlStatement[] = [];
  const run = async (statement: SqlStatement) => {
    asked.push(statement);
    const [outcome] = executor.executeBatch([statement]);
    if (outcome === undefined) throw new Error('no outcome');
    return outcome;
  };
  await askEverything(storesInFile(new EmbeddedDatabase({ run })));
  executor.close();
  const database = new DatabaseSync(file);

  const plans = asked.map(({ sql, values }) => {
    const rows = database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...values) as { detail: string }[];
    return { sql, plan: rows.map(({ detail }) => detail).join('; ') };
  });
  database.close();
  await rm(folder, { recursive: true });

  // Without a condition the audit log is read in the order of its key, and that table is its own key's index.
  const searched = plans.filter(({ sql }) => !/FROM audit_log +ORDER BY/.test(sql));
  expect(searched.filter(({ plan }) => plan.split('; ').some((step) => /^SCAN \w+$/.test(step)))).toEqual([]);
});
