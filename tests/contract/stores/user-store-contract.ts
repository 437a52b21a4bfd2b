import { describe, expect, it } from 'vitest';
import { aUser } from '../../support/builders.js';
import { type Open, openedStores } from './opened-stores.js';
import { changeUntilDone } from './racing.js';
import { HARD_TEXTS, idOf } from './values.js';

export function userStoreContract(open: Open): void {
  describe('users', () => {
    const stores = openedStores(open);

    it('are found by id, by name and by who they are elsewhere', async () => {
      const ann = aUser({ id: idOf('a'), username: 'ann@example.com' });
      const identity = { issuer: 'https://id.example', subject: 'bob' };
      const bob = aUser({ id: idOf('b'), username: 'bob', passwordHash: '', status: 3, roles: [], identity });
      for (const user of [ann, bob]) await stores().users.insert(user);

      expect(await stores().users.get(ann.id)).toEqual(ann);
      expect(await stores().users.byUsername('ann@example.com')).toEqual(ann);
      expect(await stores().users.byUsername('Ann@example.com')).toBeUndefined();
      expect(await stores().users.byIdentity(identity)).toEqual(bob);
      expect(await stores().users.byIdentity({ ...identity, issuer: 'https://other' })).toBeUndefined();
      expect(await stores().users.byIdentity({ ...identity, subject: '' })).toBeUndefined();
      expect(await stores().users.all()).toEqual([ann, bob]);
    });

    it('have a unique name and a unique identity', async () => {
      const identity = { issuer: 'https://id.example', subject: 'ann' };
      await stores().users.insert(aUser({ id: idOf('a'), username: 'ann', identity }));
      const bob = aUser({ id: idOf('b'), username: 'bob' });
      await stores().users.insert(bob);

      for (const twin of [
        aUser({ id: idOf('c'), username: 'ann' }),
        aUser({ id: idOf('c'), username: 'carol', identity }),
      ]) {
        await expect(stores().users.insert(twin)).rejects.toMatchObject({ code: 'conflict' });
      }
      for (const changed of [
        { ...bob, username: 'ann', revision: 2 },
        { ...bob, identity, revision: 2 },
      ]) {
        await expect(stores().users.replace(changed, 1)).rejects.toMatchObject({ code: 'conflict' });
      }
      expect(await stores().users.get(bob.id)).toEqual(bob);
    });

    it('give one of many who ask for a name at once the name', async () => {
      const twins = Array.from({ length: 50 }, (_, index) =>
        aUser({ id: index.toString(16).padStart(24, '0'), username: 'ann' }),
      );

      const outcomes = await Promise.allSettled(twins.map((twin) => stores().users.insert(twin)));

      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      expect(await stores().users.all()).toHaveLength(1);
    });

    it('are replaced and deleted only at the expected revision', async () => {
      const user = aUser({ id: idOf('a'), revision: 1 });
      await stores().users.insert(user);

      expect(await stores().users.replace({ ...user, tokenVersion: 9, revision: 2 }, 1)).toBe(true);
      expect(await stores().users.replace({ ...user, tokenVersion: 5, revision: 2 }, 1)).toBe(false);
      expect((await stores().users.get(user.id))?.tokenVersion).toBe(9);
      expect(await stores().users.delete(user.id, 1)).toBe(false);
      expect(await stores().users.delete(user.id, 2)).toBe(true);
      expect(await stores().users.delete(user.id, 2)).toBe(false);
      expect(await stores().users.byUsername(user.username)).toBeUndefined();
    });

    it('lose no update of racing writers', async () => {
      const user = aUser({ id: idOf('a'), tokenVersion: 0 });
      await stores().users.insert(user);
      const addOne = () =>
        changeUntilDone(
          () => stores().users.get(user.id),
          (value, revision) => stores().users.replace(value, revision),
          (value) => ({ ...value, tokenVersion: value.tokenVersion + 1 }),
        );

      await Promise.all(Array.from({ length: 100 }, addOne));

      expect((await stores().users.get(user.id))?.tokenVersion).toBe(100);
    });

    it('may be called anything', async () => {
      for (const [index, username] of HARD_TEXTS.entries()) {
        const user = aUser({ id: index.toString(16).padStart(24, '0'), username, roles: [username] });

        await stores().users.insert(user);

        expect(await stores().users.get(user.id)).toEqual(user);
        if (!username.includes('\u0000')) expect(await stores().users.byUsername(username)).toEqual(user);
      }
    });

    it.each([[{ $gt: '' }], [{ $ne: null }], [['ann@example.com']], [/ann/]])(
      'are not found by %j in the place of a text',
      async (value) => {
        const identity = { issuer: 'https://id.example', subject: 'ann' };
        await stores().users.insert(aUser({ id: idOf('a'), identity }));
        const find = [
          () => stores().users.get(value as never),
          () => stores().users.byUsername(value as never),
          () => stores().users.byIdentity({ issuer: value as never, subject: value as never }),
        ];

        for (const lookUp of find) expect(await lookUp().catch(() => undefined)).toBeUndefined();
        expect(
          await stores()
            .users.delete(value as never, 1)
            .catch(() => false),
        ).toBe(false);
        expect(
          await stores()
            .users.delete(idOf('a'), value as never)
            .catch(() => false),
        ).toBe(false);
        expect(await stores().users.all()).toHaveLength(1);
      },
    );
  });
}
