import { describe, expect, it } from 'vitest';
import { systemClock } from '../../../shared/lifecycle/clock.js';
import { silentLogger } from '../../../shared/observability/logger.js';
import { aKnownSet, anIntent, aPostedSet, NODE, POD_UID } from '../../../tests/support/agent-builders.js';
import type { StoredIntentSet } from '../../domain/intent-set.js';
import type { IntentSetStore } from '../../ports/intent-set-store.js';
import { IntentKeeper } from './intent-keeper.js';

/** A disk whose writes end when the test lets them. */
class SlowStore implements IntentSetStore {
  readonly saved: StoredIntentSet[] = [];
  readonly pending: ((failure?: Error) => void)[] = [];

  async load(): Promise<StoredIntentSet | undefined> {
    return undefined;
  }

  save(set: StoredIntentSet): Promise<void> {
    return new Promise((resolve, reject) => {
      this.pending.push((failure) => {
        if (failure !== undefined) return reject(failure);
        this.saved.push(set);
        resolve();
      });
    });
  }

  async setAside(): Promise<string> {
    return '';
  }

  async finishNext(failure?: Error): Promise<void> {
    while (this.pending.length === 0) await new Promise((resolve) => setImmediate(resolve));
    this.pending.shift()?.(failure);
  }
}

function aKeeper() {
  const store = new SlowStore();
  const contact = { lost: false, isLost: () => contact.lost, heard: () => {} };
  const keeper = new IntentKeeper({
    nodeName: NODE,
    maxIntents: 100,
    acceptsLegacy: true,
    store,
    contact,
    clock: systemClock,
    logger: silentLogger,
  });
  return { store, keeper, contact };
}

const setOf = (generation: number) => aPostedSet([anIntent({ priority: generation })], { generation });

describe('IntentKeeper', () => {
  it('has a set in force only when it is on disk', async () => {
    const { keeper, store } = aKeeper();
    const replaced = keeper.replace(setOf(1));
    await new Promise((resolve) => setImmediate(resolve));
    expect(keeper.current()).toBeUndefined();

    await store.finishNext();

    expect(await replaced).toMatchObject({ epoch: 1, generation: 1 });
    expect(keeper.current()?.generation).toBe(1);
  });

  it('stays with what it holds when the disk is full, and says so', async () => {
    const { keeper, store } = aKeeper();
    const first = keeper.replace(setOf(1));
    await store.finishNext();
    await first;

    const second = keeper.replace(setOf(2));
    await Promise.all([
      expect(second).rejects.toMatchObject({
        code: 'unavailable',
        message: expect.stringContaining('ENOSPC'),
      }),
      store.finishNext(new Error('ENOSPC: no space left on device')),
    ]);

    expect(keeper.current()?.generation).toBe(1);
    const third = keeper.replace(setOf(2));
    await store.finishNext();
    expect((await third)?.generation).toBe(2);
  });

  it('judges each set by the one before it, not by the one in force when it came', async () => {
    const { keeper, store } = aKeeper();
    const newer = keeper.replace(setOf(5));
    const older = keeper.replace(setOf(4));

    await Promise.all([
      expect(older).rejects.toMatchObject({ code: 'conflict', data: { generation: 5 } }),
      store.finishNext(),
    ]);

    expect((await newer)?.generation).toBe(5);
    expect(store.saved).toHaveLength(1);
  });

  it('refuses to queue without end', async () => {
    const { keeper, store } = aKeeper();
    const changes = Array.from({ length: 9 }, (_, index) => keeper.replace(setOf(index + 1)));

    await expect(changes[8]).rejects.toMatchObject({ code: 'throttled' });

    for (let left = 0; left < 8; left++) await store.finishNext();
    await Promise.all(changes.slice(0, 8));
    expect(keeper.current()?.generation).toBe(8);
  });

  it('writes nothing when nothing changes', async () => {
    const { keeper, store } = aKeeper();
    const first = keeper.replace(setOf(1));
    await store.finishNext();
    await first;
    const { intents, digest } = aKnownSet(keeper.current()?.intents ?? []);

    await keeper.replace(aPostedSet(intents, { digest }));
    await keeper.removePod('unknown');

    expect(store.saved).toHaveLength(1);
  });

  it('finishes what is being written before it stops', async () => {
    const { keeper, store } = aKeeper();
    const replaced = keeper.replace(setOf(1));
    const removed = keeper.removePod(POD_UID);
    const stopped = keeper.stop();
    await store.finishNext();
    await store.finishNext();

    await Promise.all([replaced, removed, stopped]);

    expect(store.saved.map(({ intents }) => intents.length)).toEqual([1, 0]);
  });
});

describe('IntentKeeper while managers are silent', () => {
  it('has an empty set in force, holds the real one, and gives it back', async () => {
    const { keeper, store, contact } = aKeeper();
    const replaced = keeper.replace(setOf(3));
    await store.finishNext();
    await replaced;

    contact.lost = true;
    expect(keeper.current()).toMatchObject({ intents: [], epoch: 1, generation: 3 });
    expect(keeper.current()).toBe(keeper.current());
    expect(keeper.summary().set).toMatchObject({ generation: 3, digest: keeper.held()?.digest });
    expect(keeper.held()?.intents).toHaveLength(1);

    contact.lost = false;
    expect(keeper.current()).toBe(keeper.held());
  });

  it('knows no set where none was known', () => {
    const { keeper, contact } = aKeeper();
    contact.lost = true;

    expect(keeper.current()).toBeUndefined();
  });
});

describe('IntentKeeper with sets of first-generation managers', () => {
  const legacySet = (priority: number) => {
    const { podName, podID, nodeID, k8sNamespace, commandRegex, podLabels } = anIntent();
    return { intents: [{ podName, podID, nodeID, k8sNamespace, commandRegex, podLabels, priority }] };
  };

  it('tells no version, counts each, and writes none twice', async () => {
    const { keeper, store } = aKeeper();
    const first = keeper.replace(legacySet(99));
    await store.finishNext();

    expect(await first).toBeUndefined();
    expect(await keeper.replace(legacySet(99))).toBeUndefined();
    expect([keeper.legacySets(), store.saved.length]).toEqual([2, 1]);
    expect(store.saved[0]).toMatchObject({ legacy: true });
  });

  it('lets a fenced set and a legacy one that come together take their turns', async () => {
    const { keeper, store } = aKeeper();
    const all = [keeper.replace(setOf(2)), keeper.replace(legacySet(4)), keeper.replace(setOf(3))];
    for (let left = 0; left < 3; left++) await store.finishNext();
    await Promise.all(all);

    expect(store.saved.map(({ legacy, generation }) => [legacy ?? false, generation])).toEqual([
      [false, 2],
      [true, 2],
      [false, 3],
    ]);
  });
});
