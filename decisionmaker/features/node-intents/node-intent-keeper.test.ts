import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EMPTY_ROOT } from '../../../shared/domain/merkle.js';
import { systemClock } from '../../../shared/lifecycle/clock.js';
import { silentLogger } from '../../../shared/observability/logger.js';
import { NodeIntentFile } from '../../adapters/state/node-intent-file.js';
import { NO_NODE_INTENTS } from '../../domain/node-intent.js';
import type { NodeIntentStore } from '../../ports/node-intent-store.js';
import { NodeIntentKeeper } from './node-intent-keeper.js';

const POLICY = { policyID: 'p1', nodeID: 'n1', commandRegex: 'nginx', priority: 5, executionTime: 1_000_000 };

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'podium-test-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function aKeeper(store: NodeIntentStore = new NodeIntentFile(folder, systemClock)) {
  const contact = { lost: false, isLost: () => contact.lost, heard: () => {} };
  const rules = { nodeName: 'n1', maxIntents: 10, acceptsLegacy: false };
  const keeper = new NodeIntentKeeper({ ...rules, store, contact, logger: silentLogger });
  await keeper.start();
  return { keeper, contact };
}

describe('NodeIntentKeeper', () => {
  it('holds what was posted last, also after a restart', async () => {
    const { keeper } = await aKeeper();
    await keeper.replace([POLICY]);
    await keeper.replace([{ ...POLICY, policyID: 'p2' }]);

    const { keeper: after } = await aKeeper();

    expect(after.nodeIntents()).toEqual(keeper.nodeIntents());
    expect(after.nodeIntents().intents).toEqual([{ ...POLICY, policyID: 'p2' }]);
  });

  it('has no root before the first change, and the empty one after any', async () => {
    const { keeper } = await aKeeper();
    expect(keeper.rootHash()).toBe('');

    await keeper.removePolicy('nope');

    expect(keeper.rootHash()).toBe(EMPTY_ROOT);
    expect((await aKeeper()).keeper.rootHash()).toBe(EMPTY_ROOT);
  });

  it('is the same object, and writes nothing, until something changes', async () => {
    const { keeper } = await aKeeper();
    await keeper.replace([POLICY]);
    const before = keeper.nodeIntents();
    await rm(path.join(folder, 'node-intents.json'));

    await keeper.replace([POLICY]);
    await keeper.removePolicy('nope');

    expect(keeper.nodeIntents()).toBe(before);
    expect(await readdir(folder)).toEqual([]);
  });

  it('stays with what it holds when something is refused, or the disk fails', async () => {
    const file = new NodeIntentFile(folder, systemClock);
    let isFull = false;
    const store: NodeIntentStore = {
      load: () => file.load(),
      save: (intents) => (isFull ? Promise.reject(new Error('ENOSPC')) : file.save(intents)),
      setAside: () => file.setAside(),
    };
    const { keeper } = await aKeeper(store);
    await keeper.replace([POLICY]);
    const before = keeper.nodeIntents();

    await expect(keeper.replace([{ ...POLICY, priority: 99 }])).rejects.toMatchObject({ code: 'invalid' });
    isFull = true;
    await expect(keeper.removeAll()).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('ENOSPC'),
    });

    expect(keeper.nodeIntents()).toBe(before);
  });

  it('has none in force while managers are silent, and holds them', async () => {
    const { keeper, contact } = await aKeeper();
    await keeper.replace([POLICY]);
    const root = keeper.rootHash();

    contact.lost = true;
    expect(keeper.nodeIntents()).toBe(NO_NODE_INTENTS);
    expect(keeper.rootHash()).toBe(root);

    contact.lost = false;
    expect(keeper.nodeIntents().intents).toHaveLength(1);
  });

  it('moves a file aside that it cannot use', async () => {
    await writeFile(path.join(folder, 'node-intents.json'), '{"format":"podium-node-intents"}');

    const { keeper } = await aKeeper();

    expect(keeper.rootHash()).toBe('');
    expect((await readdir(folder))[0]).toMatch(/^node-intents\.json\.corrupt-/);
  });
});
