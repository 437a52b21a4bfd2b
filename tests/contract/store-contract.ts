import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Role } from '../../manager/domain/permission.js';
import type { EpochStore } from '../../manager/ports/epoch-store.js';
import type { RoleStore } from '../../manager/ports/role-store.js';
import type { StrategyStore } from '../../manager/ports/strategy-store.js';
import type { UserStore } from '../../manager/ports/user-store.js';
import { aStrategy, aUser } from '../support/builders.js';

export interface Stores {
  readonly strategies: StrategyStore;
  readonly users: UserStore;
  readonly roles: RoleStore;
  readonly epoch: EpochStore;
  close(): Promise<void>;
}

const adminRole: Role = {
  id: '1'.repeat(24),
  name: 'admin',
  description: '',
  grants: [],
  createdTime: 1,
  updatedTime: 1,
  revision: 1,
};

/** What every store must keep, whatever it is made of. */
export function storeContract(title: string, open: () => Promise<Stores>): void {
  describe(title, () => {
    let stores: Stores;
    beforeEach(async () => {
      stores = await open();
    });
    afterEach(() => stores.close());

    it('gives a strategy back as it was', async () => {
      const strategy = aStrategy({ id: 'a'.repeat(24) });

      await stores.strategies.insert(strategy);

      expect(await stores.strategies.get(strategy.id)).toEqual(strategy);
      expect(await stores.strategies.get('f'.repeat(24))).toBeUndefined();
    });

    it('lists strategies oldest first, all or of one owner', async () => {
      const young = aStrategy({ id: 'a'.repeat(24), createdTime: 30, ownerId: 'ann' });
      const old = aStrategy({ id: 'c'.repeat(24), createdTime: 10, ownerId: 'ann' });
      const other = aStrategy({ id: 'b'.repeat(24), createdTime: 10, ownerId: 'bob' });
      for (const strategy of [young, old, other]) await stores.strategies.insert(strategy);

      expect((await stores.strategies.all()).map(({ id }) => id[0])).toEqual(['b', 'c', 'a']);
      expect((await stores.strategies.ownedBy('ann')).map(({ id }) => id[0])).toEqual(['c', 'a']);
    });

    it('keeps a strategy name unique for its owner, and takes any number without a name', async () => {
      const named = aStrategy({ id: 'a'.repeat(24), ownerId: 'ann', spec: { name: 'web' } });
      await stores.strategies.insert(named);

      const again = aStrategy({ id: 'b'.repeat(24), ownerId: 'ann', spec: { name: 'web' } });
      await expect(stores.strategies.insert(again)).rejects.toMatchObject({ code: 'conflict' });
      await stores.strategies.insert({ ...again, ownerId: 'bob' });
      await stores.strategies.insert(aStrategy({ id: 'c'.repeat(24), ownerId: 'ann' }));
      const unnamed = aStrategy({ id: 'd'.repeat(24), ownerId: 'ann' });
      await stores.strategies.insert(unnamed);

      const renamed = { ...unnamed, revision: 2, spec: { ...unnamed.spec, name: 'web' } };
      await expect(stores.strategies.replace(renamed, 1)).rejects.toMatchObject({ code: 'conflict' });
      expect((await stores.strategies.all()).length).toBe(4);
    });

    it('replaces a strategy only at the expected revision', async () => {
      const strategy = aStrategy({ id: 'a'.repeat(24), revision: 1 });
      await stores.strategies.insert(strategy);
      const changed = { ...strategy, revision: 2, spec: { ...strategy.spec, priority: 3 } };

      expect(await stores.strategies.replace(changed, 1)).toBe(true);
      expect(await stores.strategies.replace({ ...changed, revision: 2 }, 1)).toBe(false);
      expect(await stores.strategies.replace({ ...changed, id: 'f'.repeat(24) }, 1)).toBe(false);
      expect((await stores.strategies.get(strategy.id))?.spec.priority).toBe(3);
    });

    it('loses no update of racing writers', async () => {
      const strategy = aStrategy({ id: 'a'.repeat(24), revision: 1, spec: { precedence: 0 } });
      await stores.strategies.insert(strategy);
      const addOne = async () => {
        for (;;) {
          const read = await stores.strategies.get(strategy.id);
          if (read === undefined) throw new Error('the strategy is gone');
          const spec = { ...read.spec, precedence: read.spec.precedence + 1 };
          const next = { ...read, revision: read.revision + 1, spec };
          if (await stores.strategies.replace(next, read.revision)) return;
        }
      };

      await Promise.all(Array.from({ length: 50 }, addOne));

      expect((await stores.strategies.get(strategy.id))?.spec.precedence).toBe(50);
    });

    it('deletes a strategy once', async () => {
      const strategy = aStrategy({ id: 'a'.repeat(24) });
      await stores.strategies.insert(strategy);

      expect(await stores.strategies.delete(strategy.id)).toBe(true);
      expect(await stores.strategies.delete(strategy.id)).toBe(false);
      expect(await stores.strategies.all()).toEqual([]);
    });

    it('keeps any text as it is', async () => {
      const description = 'ünïcödé 🦑 "quotes" \\ $where {"$gt":""} \u0000 end';
      const strategy = aStrategy({ id: 'a'.repeat(24), spec: { description } });

      await stores.strategies.insert(strategy);

      expect((await stores.strategies.get(strategy.id))?.spec.description).toBe(description);
    });

    it('finds users by id and by name, and keeps names unique', async () => {
      const user = aUser({ id: 'a'.repeat(24), username: 'ann@example.com' });
      await stores.users.insert(user);

      expect(await stores.users.get(user.id)).toEqual(user);
      expect(await stores.users.byUsername('ann@example.com')).toEqual(user);
      expect(await stores.users.byUsername('bob')).toBeUndefined();
      const twin = aUser({ id: 'b'.repeat(24), username: 'ann@example.com' });
      await expect(stores.users.insert(twin)).rejects.toMatchObject({ code: 'conflict' });
      expect(await stores.users.all()).toEqual([user]);
    });

    it('replaces a user only at the expected revision', async () => {
      const user = aUser({ id: 'a'.repeat(24), revision: 1 });
      await stores.users.insert(user);

      expect(await stores.users.replace({ ...user, tokenVersion: 9, revision: 2 }, 1)).toBe(true);
      expect(await stores.users.replace({ ...user, tokenVersion: 5, revision: 2 }, 1)).toBe(false);
      expect((await stores.users.get(user.id))?.tokenVersion).toBe(9);
    });

    it('keeps roles, with unique names', async () => {
      await stores.roles.insert(adminRole);

      expect(await stores.roles.all()).toEqual([adminRole]);
      await expect(stores.roles.insert({ ...adminRole, id: '2'.repeat(24) })).rejects.toMatchObject({
        code: 'conflict',
      });
    });

    it('sets the epoch by compare-and-set, beginning at 0', async () => {
      expect(await stores.epoch.current()).toBe(0);
      expect(await stores.epoch.compareAndSet(0, 1)).toBe(true);
      expect(await stores.epoch.compareAndSet(0, 2)).toBe(false);
      expect(await stores.epoch.current()).toBe(1);
    });
  });
}
