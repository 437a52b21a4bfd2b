import { describe, expect, it } from 'vitest';
import { type Open, openedStores } from './opened-stores.js';
import { aRole, HARD_TEXTS, idOf } from './values.js';

export function roleStoreContract(open: Open): void {
  describe('roles', () => {
    const stores = openedStores(open);

    it('are given back as they were, with unique names', async () => {
      const operator = aRole();
      const viewer = aRole({ id: idOf('b'), name: 'viewer', grants: [] });
      for (const role of [viewer, operator]) await stores().roles.insert(role);

      expect(await stores().roles.all()).toEqual([operator, viewer]);
      expect(await stores().roles.get(operator.id)).toEqual(operator);
      expect(await stores().roles.get(idOf('f'))).toBeUndefined();
      const twin = stores().roles.insert(aRole({ id: idOf('c') }));
      await expect(twin).rejects.toMatchObject({ code: 'conflict' });
      const renamed = stores().roles.replace({ ...viewer, name: operator.name, revision: 2 }, 1);
      await expect(renamed).rejects.toMatchObject({ code: 'conflict' });
    });

    it('are replaced and deleted only at the expected revision', async () => {
      const role = aRole();
      await stores().roles.insert(role);
      const narrowed = { ...role, grants: role.grants.slice(1), revision: 2 };

      expect(await stores().roles.replace(narrowed, 1)).toBe(true);
      expect(await stores().roles.replace({ ...role, revision: 2 }, 1)).toBe(false);
      expect(await stores().roles.get(role.id)).toEqual(narrowed);
      expect(await stores().roles.delete(role.id, 1)).toBe(false);
      expect(await stores().roles.delete(role.id, 2)).toBe(true);
      expect(await stores().roles.all()).toEqual([]);
    });

    it('keep any text as it is', async () => {
      for (const [index, name] of HARD_TEXTS.entries()) {
        const role = aRole({ id: index.toString(16).padStart(24, '0'), name, description: name });

        await stores().roles.insert(role);

        expect(await stores().roles.get(role.id)).toEqual(role);
      }
    });
  });
}
