import { describe, expect, it } from 'vitest';
import type { Strategy } from '../../../manager/domain/strategy.js';
import { aStrategy } from '../../support/builders.js';
import { type Open, openedStores } from './opened-stores.js';
import { changeUntilDone } from './racing.js';
import { ANN, BOB, HARD_TEXTS, idOf } from './values.js';

function manyStrategies(count: number): Strategy[] {
  return Array.from({ length: count }, (_, index) =>
    aStrategy({ id: index.toString(16).padStart(24, '0'), ownerId: ANN, createdTime: index }),
  );
}

export function strategyStoreContract(open: Open): void {
  describe('strategies', () => {
    const stores = openedStores(open);

    it('are given back as they were, with every field', async () => {
      const plain = aStrategy({ id: idOf('a'), ownerId: ANN });
      const full = aStrategy({
        id: idOf('b'),
        ownerId: ANN,
        createdTime: 1_700_000_000_000,
        updatedTime: 1_800_000_000_000,
        revision: 7,
        spec: {
          name: 'web',
          description: 'the shop',
          strategyNamespace: 'blue',
          labelSelectors: [
            { key: 'app', operator: 'In', values: ['web', 'api'] },
            { key: 'tier', operator: 'Exists', values: [] },
          ],
          k8sNamespace: ['shop', 'default'],
          commandRegex: '^nginx',
          commandTarget: 'cmdline',
          containerNames: ['main'],
          priority: 0,
          executionTime: 1_000_000_000,
          precedence: -3_000_000_000,
          threads: true,
          enabled: false,
          expiresAt: 1_900_000_000_000,
          allPods: true,
        },
      });

      for (const strategy of [plain, full]) await stores().strategies.insert(strategy);

      expect(await stores().strategies.get(plain.id)).toEqual(plain);
      expect(await stores().strategies.get(full.id)).toEqual(full);
      expect(await stores().strategies.get(idOf('f'))).toBeUndefined();
    });

    it('lose a field that an update takes away', async () => {
      const strategy = aStrategy({ id: idOf('a'), ownerId: ANN, spec: { name: 'web', expiresAt: 1_000 } });
      await stores().strategies.insert(strategy);
      const spec = { ...strategy.spec, name: '', expiresAt: undefined };

      expect(await stores().strategies.replace({ ...strategy, spec, revision: 2 }, 1)).toBe(true);

      expect((await stores().strategies.get(strategy.id))?.spec).toEqual(spec);
      await stores().strategies.insert(aStrategy({ id: idOf('b'), ownerId: ANN, spec: { name: 'web' } }));
    });

    it('are listed oldest first, then by id, all or of one owner', async () => {
      const young = aStrategy({ id: idOf('a'), createdTime: 30, ownerId: ANN });
      const old = aStrategy({ id: idOf('c'), createdTime: 10, ownerId: ANN });
      const other = aStrategy({ id: idOf('b'), createdTime: 10, ownerId: BOB });
      for (const strategy of [young, old, other]) await stores().strategies.insert(strategy);

      expect((await stores().strategies.all()).map(({ id }) => id[0])).toEqual(['b', 'c', 'a']);
      expect((await stores().strategies.ownedBy(ANN)).map(({ id }) => id[0])).toEqual(['c', 'a']);
      expect(await stores().strategies.ownedBy(idOf('9'))).toEqual([]);
    });

    it('have a name that is unique for their owner; any number has none', async () => {
      const named = aStrategy({ id: idOf('a'), ownerId: ANN, spec: { name: 'web' } });
      await stores().strategies.insert(named);

      const again = aStrategy({ id: idOf('b'), ownerId: ANN, spec: { name: 'web' } });
      await expect(stores().strategies.insert(again)).rejects.toMatchObject({ code: 'conflict' });
      await stores().strategies.insert({ ...again, ownerId: BOB });
      await stores().strategies.insert(aStrategy({ id: idOf('c'), ownerId: ANN }));
      const unnamed = aStrategy({ id: idOf('d'), ownerId: ANN });
      await stores().strategies.insert(unnamed);

      const renamed = { ...unnamed, revision: 2, spec: { ...unnamed.spec, name: 'web' } };
      await expect(stores().strategies.replace(renamed, 1)).rejects.toMatchObject({ code: 'conflict' });
      expect(await stores().strategies.get(unnamed.id)).toEqual(unnamed);
      expect(await stores().strategies.all()).toHaveLength(4);
    });

    it('have an id that is unique', async () => {
      await stores().strategies.insert(aStrategy({ id: idOf('a'), ownerId: ANN }));

      const twin = stores().strategies.insert(aStrategy({ id: idOf('a'), ownerId: BOB }));

      await expect(twin).rejects.toMatchObject({ code: 'conflict' });
      expect((await stores().strategies.get(idOf('a')))?.ownerId).toBe(ANN);
    });

    it('are replaced only at the expected revision', async () => {
      const strategy = aStrategy({ id: idOf('a'), ownerId: ANN, revision: 1 });
      await stores().strategies.insert(strategy);
      const changed = { ...strategy, revision: 2, spec: { ...strategy.spec, priority: 3 } };

      expect(await stores().strategies.replace(changed, 1)).toBe(true);
      expect(await stores().strategies.replace({ ...changed, revision: 2 }, 1)).toBe(false);
      expect(await stores().strategies.replace({ ...changed, id: idOf('f') }, 1)).toBe(false);
      expect((await stores().strategies.get(strategy.id))?.spec.priority).toBe(3);
    });

    it('lose no update of 1,000 writers that race for one', async () => {
      const strategy = aStrategy({ id: idOf('a'), ownerId: ANN, revision: 1, spec: { precedence: 0 } });
      await stores().strategies.insert(strategy);
      const addOne = () =>
        changeUntilDone(
          () => stores().strategies.get(strategy.id),
          (value, revision) => stores().strategies.replace(value, revision),
          (value) => ({ ...value, spec: { ...value.spec, precedence: value.spec.precedence + 1 } }),
        );

      await Promise.all(Array.from({ length: 1_000 }, addOne));

      const end = await stores().strategies.get(strategy.id);
      expect(end?.spec.precedence).toBe(1_000);
      expect(end?.revision).toBe(1_001);
    }, 120_000);

    it('let exactly one of many updates from one revision win', async () => {
      const strategy = aStrategy({ id: idOf('a'), ownerId: ANN, revision: 1 });
      await stores().strategies.insert(strategy);
      const replaceBy = (priority: number) =>
        stores().strategies.replace({ ...strategy, revision: 2, spec: { ...strategy.spec, priority } }, 1);

      const won = await Promise.all(Array.from({ length: 20 }, (_, priority) => replaceBy(priority)));

      expect(won.filter((isWon) => isWon)).toHaveLength(1);
      expect((await stores().strategies.get(strategy.id))?.spec.priority).toBe(won.indexOf(true));
    });

    it('keep every one of 1,000 that are written at once', async () => {
      const all = manyStrategies(1_000);

      await Promise.all(all.map((strategy) => stores().strategies.insert(strategy)));

      expect(await stores().strategies.all()).toEqual(all);
    });

    it('keep the update of each of 200 that are replaced at once', async () => {
      const all = manyStrategies(200);
      await Promise.all(all.map((strategy) => stores().strategies.insert(strategy)));

      const replaced = await Promise.all(
        all.map((strategy, precedence) =>
          stores().strategies.replace(
            { ...strategy, revision: 2, spec: { ...strategy.spec, precedence } },
            1,
          ),
        ),
      );

      expect(replaced.every((isReplaced) => isReplaced)).toBe(true);
      const precedences = (await stores().strategies.all()).map(({ spec }) => spec.precedence);
      expect(precedences).toEqual(all.map((_, index) => index));
    });

    it('are deleted once', async () => {
      const strategy = aStrategy({ id: idOf('a'), ownerId: ANN });
      await stores().strategies.insert(strategy);

      expect(await stores().strategies.delete(strategy.id)).toBe(true);
      expect(await stores().strategies.delete(strategy.id)).toBe(false);
      expect(await stores().strategies.replace({ ...strategy, revision: 2 }, 1)).toBe(false);
      expect(await stores().strategies.all()).toEqual([]);
    });

    it('keep any text as it is', async () => {
      for (const [index, description] of HARD_TEXTS.entries()) {
        const id = index.toString(16).padStart(24, '0');
        const spec = {
          description,
          name: `${index} ${description.slice(0, 50)}`,
          k8sNamespace: [description],
        };
        const strategy = aStrategy({ id, ownerId: ANN, spec });

        await stores().strategies.insert(strategy);

        expect(await stores().strategies.get(id)).toEqual(strategy);
      }
    });

    it.each(['', 'x', '$ne', "' OR 1=1 --", 'A'.repeat(24), 'a'.repeat(23), '../a', '\u0000'])(
      'find nothing under the id %j',
      async (id) => {
        await stores().strategies.insert(aStrategy({ id: idOf('a'), ownerId: ANN }));

        expect(await stores().strategies.get(id)).toBeUndefined();
        expect(await stores().strategies.delete(id)).toBe(false);
        expect(await stores().strategies.ownedBy(id)).toEqual([]);
        expect(await stores().strategies.all()).toHaveLength(1);
      },
    );
  });
}
