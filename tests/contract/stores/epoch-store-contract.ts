import { describe, expect, it } from 'vitest';
import { type Open, openedStores } from './opened-stores.js';

export function epochStoreContract(open: Open): void {
  describe('the epoch', () => {
    const stores = openedStores(open);

    it('is set by compare-and-set, beginning at 0', async () => {
      expect(await stores().epoch.current()).toBe(0);
      expect(await stores().epoch.compareAndSet(0, 1)).toBe(true);
      expect(await stores().epoch.compareAndSet(0, 2)).toBe(false);
      expect(await stores().epoch.compareAndSet(1, 5_000_000_000)).toBe(true);
      expect(await stores().epoch.compareAndSet(5, 6)).toBe(false);
      expect(await stores().epoch.current()).toBe(5_000_000_000);
    });

    it('is claimed by one of many that race, and by each of them once in the end', async () => {
      const claim = async (): Promise<number> => {
        for (;;) {
          const current = await stores().epoch.current();
          if (await stores().epoch.compareAndSet(current, current + 1)) return current + 1;
        }
      };

      const claimed = await Promise.all(Array.from({ length: 30 }, claim));

      expect(claimed.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 30 }, (_, index) => index + 1));
      expect(await stores().epoch.current()).toBe(30);
    });
  });
}
