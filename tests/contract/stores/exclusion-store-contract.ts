import { describe, expect, it } from 'vitest';
import { type Open, openedStores } from './opened-stores.js';
import { ANN, anExclusion, BOB, idOf } from './values.js';

export function exclusionStoreContract(open: Open): void {
  describe('exclusions', () => {
    const stores = openedStores(open);

    it('are given back as they were, oldest first', async () => {
      const young = anExclusion({ id: idOf('a'), createdTime: 30 });
      const old = anExclusion({ id: idOf('b'), kind: 'node', targetId: 'ü\u0000$', createdTime: 10 });

      await stores().exclusions.add([young, old]);

      expect(await stores().exclusions.all()).toEqual([old, young]);
    });

    it('are added once, whoever adds them', async () => {
      const first = anExclusion({ id: idOf('a') });
      await stores().exclusions.add([]);
      await stores().exclusions.add([first]);

      const again = [anExclusion({ id: idOf('a'), ownerId: BOB }), anExclusion({ id: idOf('b') })];
      await Promise.all([stores().exclusions.add(again), stores().exclusions.add(again)]);

      expect((await stores().exclusions.all()).map(({ id, ownerId }) => [id, ownerId])).toEqual([
        [idOf('a'), first.ownerId],
        [idOf('b'), first.ownerId],
      ]);
    });

    it('are removed by id or with what they exclude from', async () => {
      await stores().exclusions.add([
        anExclusion({ id: idOf('a') }),
        anExclusion({ id: idOf('b') }),
        anExclusion({ id: idOf('c') }),
        anExclusion({ id: idOf('d'), sourceId: idOf('6') }),
      ]);

      expect(await stores().exclusions.remove([])).toBe(0);
      expect(await stores().exclusions.remove([idOf('a'), idOf('f'), 'nonsense'])).toBe(1);
      expect(await stores().exclusions.removeOfSource(idOf('5'))).toBe(2);
      expect(await stores().exclusions.removeOfSource(idOf('5'))).toBe(0);
      expect((await stores().exclusions.all()).map(({ id }) => id)).toEqual([idOf('d')]);
    });

    it('are handed over with what they exclude from', async () => {
      await stores().exclusions.add([
        anExclusion({ id: idOf('a') }),
        anExclusion({ id: idOf('b') }),
        anExclusion({ id: idOf('c'), sourceId: idOf('6') }),
      ]);

      expect(await stores().exclusions.handOver(idOf('5'), BOB)).toBe(2);
      expect(await stores().exclusions.handOver(idOf('7'), BOB)).toBe(0);
      expect((await stores().exclusions.all()).map(({ ownerId }) => ownerId)).toEqual([BOB, BOB, ANN]);
    });

    it('are many: 2,000 are added and removed at once', async () => {
      const many = Array.from({ length: 2_000 }, (_, index) =>
        anExclusion({
          id: index.toString(16).padStart(24, '0'),
          targetId: `pod-${index}`,
          createdTime: index,
        }),
      );

      await stores().exclusions.add(many);

      expect(await stores().exclusions.all()).toEqual(many);
      expect(await stores().exclusions.remove(many.map(({ id }) => id))).toBe(2_000);
    });
  });
}
