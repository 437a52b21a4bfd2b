import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLogger } from '../../shared/observability/logger.js';
import { embeddedStores } from '../../tests/support/embedded-stores.js';
import { EpochKeeper } from './epoch-keeper.js';

let stores: ReturnType<typeof embeddedStores>;
beforeEach(() => {
  stores = embeddedStores();
});
afterEach(() => stores.close());

async function started(): Promise<EpochKeeper> {
  const keeper = new EpochKeeper(stores.epoch, silentLogger);
  await keeper.start();
  return keeper;
}

describe('EpochKeeper', () => {
  it('raises its epoch once for agents that answer at the same time', async () => {
    const keeper = await started();

    await Promise.all([40, 41, 7, 41].map((epoch) => keeper.outrank(epoch)));

    expect([keeper.epoch, keeper.owned]).toEqual([42, true]);
    expect(await stores.epoch.current()).toBe(42);
  });

  it('confirms until another manager has come', async () => {
    const keeper = await started();
    expect(await keeper.confirm()).toBe(true);

    const successor = await started();

    expect(await Promise.all([keeper.confirm(), keeper.confirm()])).toEqual([false, false]);
    expect(await successor.confirm()).toBe(true);
    expect(keeper.owned).toBe(false);
  });

  it('is not misled by its own raise', async () => {
    const keeper = await started();

    const [, confirmed] = await Promise.all([keeper.outrank(9), keeper.confirm()]);

    expect(confirmed).toBe(true);
  });
});
