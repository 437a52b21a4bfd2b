import { beforeEach, describe, expect, it } from 'vitest';
import { DomainError } from '../../../shared/domain/domain-error.js';
import type { Clock } from '../../../shared/lifecycle/clock.js';
import { byId, FRESH_MS, LONGEST_OUTAGE_MS, RememberedCollection } from './remembered-collection.js';

interface Thing {
  readonly id: string;
  readonly revision: number;
}

let nowMs = 0;
const clock: Clock = { now: () => nowMs, monotonicMs: () => nowMs, sleep: async () => {} };

/** A store whose readings a test can count, hold back and let fail. */
class FakeStore {
  things = new Map<string, Thing>();
  readings = 0;
  isDown = false;
  gate: Promise<void> = Promise.resolve();

  async all(): Promise<readonly Thing[]> {
    this.readings++;
    const read = [...this.things.values()];
    await this.gate;
    if (this.isDown) throw new DomainError('unavailable', 'away');
    return read;
  }

  put(id: string, revision: number): Thing {
    const thing = { id, revision };
    this.things.set(id, thing);
    return thing;
  }
}

let store: FakeStore;
let remembered: RememberedCollection<Thing>;
beforeEach(() => {
  nowMs = 1_000;
  store = new FakeStore();
  remembered = new RememberedCollection(store, byId, clock);
});

const ids = async () => (await remembered.all()).map(({ id, revision }) => `${id}${revision}`);

describe('RememberedCollection', () => {
  it('reads once for all who ask, together and one after the other', async () => {
    store.put('b', 1);
    store.put('a', 1);

    await Promise.all([remembered.all(), remembered.get('a'), remembered.all()]);

    expect(await ids()).toEqual(['a1', 'b1']);
    expect(store.readings).toBe(1);
  });

  it("sees others' changes when what it knows is no longer fresh", async () => {
    await remembered.all();
    store.put('a', 1);

    nowMs += FRESH_MS - 1;
    expect(await ids()).toEqual([]);
    nowMs += 1;
    expect(await ids()).toEqual(['a1']);
  });

  it('has its own changes at once, without reading again', async () => {
    await remembered.all();

    const thing = store.put('a', 1);
    await remembered.insert(thing, async () => {});
    expect(await ids()).toEqual(['a1']);
    await remembered.replace({ ...thing, revision: 2 }, async () => true);
    expect(await remembered.get('a')).toEqual({ id: 'a', revision: 2 });
    await remembered.delete('a', async () => true);
    expect(await ids()).toEqual([]);
    expect(store.readings).toBe(1);
  });

  it('keeps its own change when a reading that began before it ends after it', async () => {
    let open = () => {};
    store.gate = new Promise((resolve) => {
      open = resolve;
    });
    const reading = remembered.all();
    await remembered.insert({ id: 'a', revision: 1 }, async () => {});
    open();
    await reading;

    expect(await ids()).toEqual(['a1']);
    expect(store.readings).toBe(1);
  });

  it('does not let an answer that came late undo a later change', async () => {
    store.put('a', 1);
    await remembered.all();

    await remembered.replace({ id: 'a', revision: 3 }, async () => true);
    await remembered.replace({ id: 'a', revision: 2 }, async () => true);

    expect(await ids()).toEqual(['a3']);
  });

  it('reads again after a lost race, and after a write that may or may not have been made', async () => {
    store.put('a', 1);
    await remembered.all();
    store.put('a', 2);

    expect(await remembered.replace({ id: 'a', revision: 2 }, async () => false)).toBe(false);
    expect(await ids()).toEqual(['a2']);
    store.put('b', 1);
    const lost = remembered.insert({ id: 'b', revision: 1 }, async () => {
      throw new DomainError('unavailable', 'no answer');
    });
    await expect(lost).rejects.toThrow('no answer');
    expect(await ids()).toEqual(['a2', 'b1']);
  });

  it('does not answer a doubt with a reading that began before it', async () => {
    store.put('a', 1);
    let open = () => {};
    store.gate = new Promise((resolve) => {
      open = resolve;
    });
    const early = remembered.all();
    store.put('a', 2);
    remembered.doubt();
    const late = [remembered.all(), remembered.all()];
    open();

    expect((await early)[0]?.revision).toBe(1);
    for (const all of await Promise.all(late)) expect(all[0]?.revision).toBe(2);
    expect(store.readings).toBe(2);
  });

  it('serves the last known state while the store is away, up to a limit, and never takes a write', async () => {
    store.put('a', 1);
    await remembered.all();
    store.isDown = true;
    store.put('b', 1);

    nowMs += FRESH_MS;
    expect(await ids()).toEqual(['a1']);
    nowMs += LONGEST_OUTAGE_MS - FRESH_MS - 1;
    expect(await ids()).toEqual(['a1']);
    nowMs += 1;
    await expect(remembered.all()).rejects.toMatchObject({ code: 'unavailable' });
    const away = async () => {
      throw new DomainError('unavailable', 'away');
    };
    await expect(remembered.insert({ id: 'c', revision: 1 }, away)).rejects.toMatchObject({
      code: 'unavailable',
    });
  });

  it('lets nobody wait for a store that did not answer the last time, and sees it when it is back', async () => {
    store.put('a', 1);
    await remembered.all();
    store.isDown = true;
    nowMs += FRESH_MS;
    await remembered.all();
    store.gate = new Promise(() => {});
    await remembered.all();

    store.isDown = false;
    store.gate = Promise.resolve();
    remembered = new RememberedCollection(store, byId, clock);
    expect(await ids()).toEqual(['a1']);
  });

  it('asks the store itself where that is wanted, and memory only while it is away', async () => {
    store.put('a', 1);
    await remembered.all();
    const ask = (answer: () => Promise<number>) => remembered.fromStore(answer, (all) => all.length);

    expect(await ask(async () => 7)).toBe(7);
    const away = async () => {
      throw new DomainError('unavailable', 'away');
    };
    expect(await ask(away)).toBe(1);
    const refused = async () => {
      throw new DomainError('conflict', 'no');
    };
    await expect(ask(refused)).rejects.toThrow('no');
  });
});
