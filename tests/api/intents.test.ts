import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TOKENS } from '../../manager/app/tokens.js';
import { aPod } from '../support/builders.js';
import { eventually } from '../support/eventually.js';
import { grantsFor, signInWith } from '../support/test-accounts.js';
import { startTestManager, type TestManager } from '../support/test-manager.js';

const web = { labelSelectors: [{ key: 'app', value: 'web' }] };
const NOT_FOUND = "one or more intents not found or you don't have permission to delete them";

let manager: TestManager;
let token: string;
let strategyId: string;
beforeEach(async () => {
  manager = await startTestManager();
  token = await manager.login();
  manager.cluster.podList.push(aPod({ uid: 'uid-1', name: 'web-1' }), aPod({ uid: 'uid-2', name: 'web-2' }));
  manager.cluster.agentMap.set('node-1', {
    nodeName: 'node-1',
    origin: 'http://127.0.0.1:1',
    podUid: 'a',
  });
  strategyId = (await manager.call('POST', '/api/v1/strategies', web, token)).body.data.id;
  await delivered('uid-1', 'uid-2');
});
afterEach(() => manager.stop());

function delivered(...podUids: string[]) {
  return eventually(() =>
    expect(manager.decisionMaker.held?.intents.map(({ podID }) => podID).sort()).toEqual(podUids),
  );
}

async function intents(path = '/api/v1/intents/self', by = token) {
  const { status, body } = await manager.call('GET', path, undefined, by);
  expect(status).toBe(200);
  return body.data.intents as { id: string; ID: string; podID: string; PodName: string }[];
}

async function intentOf(podUid: string): Promise<string> {
  return (await intents()).find(({ podID }) => podID === podUid)?.id ?? 'none';
}

const exclude = (intentIds: unknown, by = token) =>
  manager.call('DELETE', '/api/v1/intents', { intentIds }, by);
const lift = (exclusionIds: unknown, by = token) =>
  manager.call('DELETE', '/api/v1/exclusions', { exclusionIds }, by);

async function exclusions(by = token) {
  const { status, body } = await manager.call('GET', '/api/v1/exclusions/self', undefined, by);
  expect(status).toBe(200);
  return body.data.exclusions;
}

const keep = () => manager.container.get(TOKENS.exclusionKeeper).round();

describe('an intent that is deleted', () => {
  it('is gone at once and stays away, from this pod alone, until the exclusion is lifted', async () => {
    const id = await intentOf('uid-1');

    expect(await exclude([id, id])).toMatchObject({ status: 200, body: { success: true, data: {} } });

    expect((await intents()).map(({ podID }) => podID)).toEqual(['uid-2']);
    await delivered('uid-2');
    expect(await exclude([id])).toMatchObject({ status: 404, body: { error: NOT_FOUND } });
    expect(await exclusions()).toMatchObject([
      { id, kind: 'pod', strategyId, podId: 'uid-1', name: 'default/web-1', createdAt: expect.any(String) },
    ]);
    expect(await lift([id])).toMatchObject({ status: 200, body: { data: {} } });
    await delivered('uid-1', 'uid-2');
    expect(await exclusions()).toEqual([]);
    expect((await lift([id])).status).toBe(404);
  });

  it('is recorded, as is the lift', async () => {
    const id = await intentOf('uid-1');
    await exclude([id]);
    await lift([id]);

    const { body } = await manager.call('GET', `/api/v1/audit?targetId=${id}`, undefined, token);
    expect(body.data.entries).toMatchObject([
      { action: 'exclusion.lift', before: { strategyId } },
      {
        action: 'intent.exclude',
        target: { kind: 'intent', id, name: 'default/web-1' },
        after: { strategyId, podUid: 'uid-1' },
      },
    ]);
  });

  it('changes nothing where one of several cannot be reached', async () => {
    const answer = await exclude([await intentOf('uid-1'), 'f'.repeat(24)]);

    expect(answer).toMatchObject({ status: 404, body: { error: NOT_FOUND } });
    expect(await exclusions()).toEqual([]);
    expect(await intents()).toHaveLength(2);
  });

  it.each<[string, unknown, number, string]>([
    ['no id', [], 400, 'At least one intent ID is required'],
    ['no list', undefined, 400, 'At least one intent ID is required'],
    ['a malformed id', ['zz'], 422, 'intentIds[0]'],
    ['an operator', [{ $ne: '' }], 400, 'Invalid request body'],
    ['a text', 'x', 400, 'Invalid request body'],
  ])('is refused for %s', async (_title, ids, status, text) => {
    expect(await exclude(ids)).toMatchObject({ status, body: { error: expect.stringContaining(text) } });
  });

  it('takes its exclusion along when the strategy is deleted', async () => {
    await exclude([await intentOf('uid-1')]);

    await manager.call('DELETE', '/api/v1/strategies', { strategyId }, token);

    expect(await exclusions()).toEqual([]);
  });
});

describe('an exclusion', () => {
  it('goes when its pod is gone for good, not while the cluster is being listed again', async () => {
    await exclude([await intentOf('uid-1')]);
    const pods = manager.cluster.podList.splice(0);
    Object.assign(manager.cluster, { synced: false });
    for (let rounds = 0; rounds < 3; rounds++) await keep();
    Object.assign(manager.cluster, { synced: true });
    await keep();
    manager.cluster.podList.push(...pods);
    await keep();
    expect(await exclusions()).toHaveLength(1);

    manager.cluster.podList.shift();
    await keep();
    expect(await exclusions()).toHaveLength(1);
    await keep();
    expect(await exclusions()).toEqual([]);
  });

  it('of a mirror pod is about the pod, whatever its processes carry', async () => {
    manager.cluster.podList.push(aPod({ uid: 'uid-3', cgroupUid: 'config-hash', name: 'mirror' }));
    manager.cluster.changed();
    await delivered('config-hash', 'uid-1', 'uid-2');
    await exclude([await intentOf('config-hash')]);

    for (let rounds = 0; rounds < 3; rounds++) await keep();
    expect(await exclusions()).toMatchObject([{ podId: 'uid-3' }]);
    await delivered('uid-1', 'uid-2');
  });

  it('is not made beyond what one owner may have', async () => {
    const { ownerId } = (await manager.call('GET', `/api/v1/strategies/${strategyId}`, undefined, token)).body
      .data;
    const many = Array.from({ length: 9_999 }, (_, index) => ({
      id: index.toString(16).padStart(24, '0'),
      kind: 'pod' as const,
      sourceId: strategyId,
      targetId: `uid ${index}`,
      targetName: '',
      ownerId,
      createdTime: 1,
    }));
    await manager.container.get(TOKENS.exclusionStore).add(many);

    const both = (await intents()).map(({ id }) => id);
    expect(await exclude(both)).toMatchObject({ status: 409, body: { code: 'conflict' } });
    expect((await exclude(both.slice(0, 1))).status).toBe(200);
  });
});

describe('intents of others', () => {
  it('are listed for whoever sees all strategies, in both spellings', async () => {
    const ann = await signInWith(manager, 'ann', grantsFor(['strategy.read_all']));

    const all = await intents('/api/v1/intents', ann.token);
    expect(all.map(({ PodName }) => PodName).sort()).toEqual(['web-1', 'web-2']);
    expect(all.every(({ ID, id }) => ID === id)).toBe(true);
  });

  it('are taken away and brought back only by whoever reaches their strategy', async () => {
    const keys = ['schedule_intent.delete', 'schedule_intent.read', 'strategy.read_all'] as const;
    const [id] = [await intentOf('uid-1')];
    const own = await signInWith(manager, 'own', grantsFor(keys, { ownOnly: true }));
    const elsewhere = await signInWith(manager, 'elsewhere', grantsFor(keys, { k8sNamespaces: ['prod'] }));
    const wide = await signInWith(manager, 'wide', grantsFor(keys));

    for (const { token: by } of [own, elsewhere]) {
      expect(await intents('/api/v1/intents', by)).toEqual([]);
      expect((await exclude([id], by)).status).toBe(404);
    }
    expect((await exclude([id], wide.token)).status).toBe(200);
    expect(await exclusions(wide.token)).toEqual([]);
    for (const { token: by } of [own, elsewhere]) expect((await lift([id], by)).status).toBe(404);
    expect((await lift([id], wide.token)).status).toBe(200);
  });

  it('cannot be seen without the right', async () => {
    const ann = await signInWith(manager, 'ann', grantsFor(['schedule_intent.read']));

    expect((await manager.call('GET', '/api/v1/intents', undefined, ann.token)).status).toBe(403);
    expect((await exclude(['f'.repeat(24)], ann.token)).status).toBe(403);
  });
});
