import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TOKENS } from '../../manager/app/tokens.js';
import { entryHash } from '../../manager/domain/audit-chain.js';
import { checkEnd, checkEntries, NOTHING_CHECKED } from '../../manager/domain/audit-chain-check.js';
import type { AuditEntry } from '../../manager/domain/audit-entry.js';
import { DomainError } from '../../shared/domain/domain-error.js';
import { eventually } from '../support/eventually.js';
import { grantsFor, signInWith } from '../support/test-accounts.js';
import { ADMIN, startTestManager, type TestManager } from '../support/test-manager.js';

const web = { labelSelectors: [{ key: 'app', value: 'web' }] };

let manager: TestManager;
let token: string;
beforeEach(async () => {
  manager = await startTestManager();
  token = await manager.login();
});
afterEach(() => manager.stop());

async function create(name: string, priority = 5): Promise<string> {
  const body = { ...web, name, priority };
  const answer = await manager.request('POST', '/api/v1/strategies', {
    body,
    token,
    headers: { 'x-request-id': `create-${name}` },
  });
  expect(answer.status).toBe(200);
  return answer.body.data.id;
}

async function audit(query = ''): Promise<{ entries: AuditEntry[]; nextCursor?: string }> {
  const { status, body } = await manager.call('GET', `/api/v1/audit${query}`, undefined, token);
  expect([status, body.error]).toEqual([200, undefined]);
  return body.data;
}

async function verify(query = '') {
  const { status, body } = await manager.call('GET', `/api/v1/audit/verify${query}`, undefined, token);
  expect([status, body.error]).toEqual([200, undefined]);
  return body.data;
}

/** The strategies' entries: what signing in adds is somebody else's test. */
async function ofStrategies(query = '') {
  return (await audit(`?targetKind=strategy${query}`)).entries;
}

describe('the audit log', () => {
  it('says who did what to what, from where, under which request, and what changed', async () => {
    const id = await create('front');
    const changed = { ...web, strategyId: id, name: 'front', priority: 2, executionTime: 5_000_000 };
    await manager.call('PUT', '/api/v1/strategies', changed, token);
    await manager.call('DELETE', '/api/v1/strategies', { strategyId: id }, token);

    const [removed, updated, created] = await ofStrategies();

    const target = { kind: 'strategy', id, name: 'front' };
    expect(created).toMatchObject({
      action: 'strategy.create',
      outcome: 'done',
      actor: { username: ADMIN.username, address: '', requestId: 'create-front' },
      target,
      after: {
        name: 'front',
        priority: 5,
        labelSelectors: [{ key: 'app', operator: 'In', values: ['web'] }],
      },
      time: expect.any(Number),
    });
    expect(created?.before).toBeUndefined();
    expect(updated).toMatchObject({
      action: 'strategy.update',
      target,
      before: { priority: 5, executionTime: 0 },
      after: { priority: 2, executionTime: 5_000_000 },
    });
    expect(Object.keys(updated?.after ?? {})).toHaveLength(2);
    expect(removed).toMatchObject({ action: 'strategy.delete', target, before: { priority: 2 } });
  });

  it('is found by each filter, and by several together', async () => {
    const front = await create('front');
    await create('back');
    const ids = async (query: string) => (await ofStrategies(query)).map(({ target }) => target.name);

    expect(await ids(`&targetId=${front}`)).toEqual(['front']);
    expect(await ids('&requestId=create-back')).toEqual(['back']);
    expect(await ids('&action=strategy.create')).toEqual(['back', 'front']);
    expect(await ids('&action=strategy.delete')).toEqual([]);
    expect(await ids(`&actor=${encodeURIComponent(ADMIN.username)}&outcome=done`)).toEqual(['back', 'front']);
    expect(await ids('&outcome=refused')).toEqual([]);
    expect(await ids('&since=2020-01-01T00:00:00Z&until=2099-01-01T00:00:00%2B02:00')).toHaveLength(2);
    expect(await ids('&until=2020-01-01T00:00:00Z')).toEqual([]);
    const [{ actor } = { actor: { userId: '' } }] = await ofStrategies();
    expect(await ids(`&actor=${actor.userId}`)).toHaveLength(2);
  });

  it('is read in pages, from either end', async () => {
    for (const name of ['a', 'b', 'c', 'd', 'e']) await create(name);
    const all = (await audit('?order=oldest&limit=500')).entries;
    const pages = async (order: string) => {
      const found: AuditEntry[] = [];
      let cursor: string | undefined;
      do {
        const page = await audit(`?order=${order}&limit=2${cursor === undefined ? '' : `&cursor=${cursor}`}`);
        expect(page.entries.length).toBeLessThanOrEqual(2);
        found.push(...page.entries);
        cursor = page.nextCursor;
      } while (cursor !== undefined);
      return found;
    };

    expect(all.length).toBeGreaterThanOrEqual(5);
    expect(await pages('oldest')).toEqual(all);
    expect(await pages('newest')).toEqual(all.toReversed());
  });

  it.each([
    '?since=yesterday',
    '?outcome=maybe',
    '?limit=0',
    '?limit=501',
    '?cursor=x',
    '?order=oldest&actor=ann',
    '/verify?sequence=1',
    '/verify?sequence=x&hash=y',
  ])('refuses %s', async (query) => {
    const { status, body } = await manager.call('GET', `/api/v1/audit${query}`, undefined, token);

    expect([status, body.code, body.details.length > 0]).toEqual([422, 'invalid', true]);
  });

  it('is for those who may read it', async () => {
    const ann = await signInWith(manager, 'ann', grantsFor(['strategy.read_all']));

    for (const path of ['/api/v1/audit', '/api/v1/audit/verify']) {
      expect((await manager.call('GET', path, undefined, ann.token)).status).toBe(403);
    }
  });

  it('is told no secret by any use case: every test on this manager would fail', async () => {
    const trail = manager.container.get(TOKENS.auditTrail);
    const actor = { userId: '', username: '', address: undefined, requestId: '' };
    const target = { kind: 'user', id: '', name: '' };

    expect(() =>
      trail.record(actor, { action: 'user.create', outcome: 'done', target, after: { password: 'x' } }),
    ).toThrow('user.create tells after.password to the audit log');
  });

  it('takes a text in a filter for a text', async () => {
    await create('front');

    const { entries } = await audit(`?action=${encodeURIComponent("' OR 1=1 --")}`);

    expect(entries).toEqual([]);
  });
});

describe('refused attempts', () => {
  it('are recorded with who, which route and why, repeated ones as a count', async () => {
    const ann = await signInWith(manager, 'ann', grantsFor(['strategy.read_all']));
    for (let times = 0; times < 5; times++) {
      await manager.call('POST', '/api/v1/strategies', web, ann.token);
    }
    await manager.call('GET', '/api/v1/strategies');

    const { entries } = await audit('?outcome=refused&actor=ann');
    expect(entries).toMatchObject([
      {
        action: 'request.refused',
        actor: { userId: ann.id, username: 'ann' },
        target: { kind: 'route', id: 'POST /api/v1/strategies', name: 'schedule_strategy.create' },
        reason: 'permission denied',
      },
    ]);
    manager.container.get(TOKENS.refusalRecorder).endAll();
    const after = await audit('?outcome=refused&actor=ann');
    expect(after.entries[0]).toMatchObject({ after: { repeated: 4 } });
  });

  it('are recorded when a role does not reach what was asked for', async () => {
    const limits = { strongestPriority: 5 };
    const ann = await signInWith(manager, 'ann', grantsFor(['schedule_strategy.create'], limits));
    const answer = await manager.call('POST', '/api/v1/strategies', { ...web, priority: 1 }, ann.token);

    expect(answer.status).toBe(403);
    const { entries } = await audit('?outcome=refused&actor=ann');
    expect(entries).toMatchObject([{ reason: expect.stringContaining('priorities from 5') }]);
  });
});

describe('the check of the audit log', () => {
  const document = (change: string) => `UPDATE audit_log SET document = ${change} WHERE sequence = ?`;
  let last: number;
  beforeEach(async () => {
    for (const name of ['a', 'b', 'c', 'd']) await create(name);
    last = (await verify()).head.sequence;
  });

  it('finds it good, here and on the machine of whoever reads it', async () => {
    const { entries } = await audit('?order=oldest&limit=500');

    const answered = await verify();
    expect(answered).toEqual({
      valid: true,
      entries: last,
      head: { sequence: last, hash: entries.at(-1)?.hash },
    });
    expect(checkEntries(NOTHING_CHECKED, entries)).toEqual({ entries: last, head: answered.head });
  });

  it.each<[string, (sequence: number) => { sql: string; values: (string | number)[] }[]]>([
    ['altered', (at) => [{ sql: document("json_set(document, '$.after.priority', 1)"), values: [at] }]],
    [
      'given another actor',
      (at) => [{ sql: document("json_set(document, '$.actor.userId', 'x')"), values: [at] }],
    ],
    ['given a field more', (at) => [{ sql: document("json_set(document, '$.note', 'x')"), values: [at] }]],
    ['replaced by no entry', (at) => [{ sql: document("'5'"), values: [at] }]],
    ['removed', (at) => [{ sql: 'DELETE FROM audit_log WHERE sequence = ?', values: [at] }]],
    [
      'exchanged for its neighbour',
      (at) => [
        { sql: 'UPDATE audit_log SET sequence = -1 WHERE sequence = ?', values: [at] },
        { sql: 'UPDATE audit_log SET sequence = ? WHERE sequence = ?', values: [at, at + 1] },
        { sql: 'UPDATE audit_log SET sequence = ? WHERE sequence = -1', values: [at + 1] },
      ],
    ],
    [
      'removed, the rest moved up',
      (at) => [
        { sql: 'DELETE FROM audit_log WHERE sequence = ?', values: [at] },
        {
          sql:
            "UPDATE audit_log SET sequence = sequence - 1, document = json_set(document, '$.sequence', sequence - 1) " +
            'WHERE sequence > ?',
          values: [at],
        },
      ],
    ],
    [
      'inserted, the rest moved down',
      (at) => [
        { sql: 'UPDATE audit_log SET sequence = -sequence - 1 WHERE sequence >= ?', values: [at] },
        { sql: 'UPDATE audit_log SET sequence = -sequence WHERE sequence < 0', values: [] },
        {
          sql: 'INSERT INTO audit_log (sequence, document) SELECT ?, document FROM audit_log WHERE sequence = ?',
          values: [at, at - 1],
        },
      ],
    ],
  ])('finds an entry that was %s', async (_title, tamper) => {
    const at = last - 2;
    for (const statement of tamper(at)) {
      expect(await manager.sql(statement)).toMatchObject({ kind: 'done' });
    }

    const answer = await verify();

    expect(answer).toMatchObject({ valid: false, firstFault: { sequence: at } });
    expect(answer.head.sequence).toBe(at - 1);
  });

  it('finds an entry that was altered and hashed again, by the one after it', async () => {
    const at = last - 2;
    const [entry] = (await audit('?order=oldest&limit=500')).entries.filter(
      ({ sequence }) => sequence === at,
    );
    if (entry === undefined) throw new Error('no entry');
    const altered = { ...entry, action: 'strategy.delete' };
    const forged = JSON.stringify({ ...altered, hash: entryHash(altered) });
    await manager.sql({ sql: document('?'), values: [forged, at] });

    expect(await verify()).toMatchObject({ valid: false, firstFault: { sequence: at + 1 } });
  });

  it('finds by an earlier head that the newest entries were cut off', async () => {
    const { head } = await verify();
    const { entries } = await audit('?order=oldest&limit=500');
    await manager.sql({ sql: 'DELETE FROM audit_log WHERE sequence > ?', values: [last - 2] });

    expect(await verify(`?sequence=${head.sequence}&hash=${head.hash}`)).toMatchObject({
      valid: false,
      entries: last - 2,
      firstFault: { sequence: last - 1, reason: expect.stringContaining('cut off') },
    });
    const own = checkEntries(NOTHING_CHECKED, entries.slice(0, -2), head);
    expect(checkEnd(own, head).firstFault).toMatchObject({ sequence: last - 1 });
  });
});

describe('a log that cannot be written', () => {
  it('makes the answer say that the change was made and not recorded, and is written later', async () => {
    const log = manager.container.get(TOKENS.auditLog);
    const insertMany = log.insertMany.bind(log);
    log.insertMany = () => Promise.reject(new DomainError('unavailable', 'the disk is full'));
    const answer = await manager.call('POST', '/api/v1/strategies', { ...web, name: 'front' }, token);

    expect(answer).toMatchObject({
      status: 503,
      body: { code: 'unavailable', error: expect.stringContaining('the change was made') },
    });
    const own = await manager.call('GET', '/api/v1/strategies/self', undefined, token);
    expect(own.body.data.strategies).toHaveLength(1);
    log.insertMany = insertMany;

    await eventually(async () => expect(await ofStrategies()).toMatchObject([{ action: 'strategy.create' }]));
    expect(await verify()).toMatchObject({ valid: true });
  });
});
