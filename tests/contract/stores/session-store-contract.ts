import { describe, expect, it } from 'vitest';
import { type Open, openedStores } from './opened-stores.js';
import { ANN, aSession, BOB, idOf } from './values.js';

export function sessionStoreContract(open: Open): void {
  describe('sessions', () => {
    const stores = openedStores(open);

    it('are given back as they were, for a user the oldest first', async () => {
      const young = aSession({ id: idOf('a'), createdTime: 30 });
      const old = aSession({ id: idOf('b'), createdTime: 10, revokedTime: 20, client: 'ü\u0000' });
      const other = aSession({ id: idOf('c'), userId: BOB });
      for (const session of [young, old, other]) await stores().sessions.insert(session);

      expect(await stores().sessions.get(old.id)).toEqual(old);
      expect(await stores().sessions.get('none')).toBeUndefined();
      expect(await stores().sessions.ofUser(ANN)).toEqual([old, young]);
      await expect(stores().sessions.insert(young)).rejects.toMatchObject({ code: 'conflict' });
    });

    it('let one of two rotations win', async () => {
      const session = aSession();
      await stores().sessions.insert(session);
      const rotateTo = (tokenHash: string) =>
        stores().sessions.replace(
          { ...session, tokenHash, previousTokenHash: session.tokenHash, revision: 2 },
          1,
        );

      const won = await Promise.all([rotateTo('2'), rotateTo('3'), rotateTo('4')]);

      expect(won.filter((isWon) => isWon)).toHaveLength(1);
      expect((await stores().sessions.get(session.id))?.tokenHash).toBe(String(won.indexOf(true) + 2));
    });

    it('are removed with their user, and when they have expired', async () => {
      await stores().sessions.insert(aSession({ id: idOf('a'), expiresTime: 99 }));
      await stores().sessions.insert(aSession({ id: idOf('b'), expiresTime: 100 }));
      await stores().sessions.insert(aSession({ id: idOf('c'), expiresTime: 100, userId: BOB }));

      expect(await stores().sessions.deleteExpired(100)).toBe(1);
      expect(await stores().sessions.deleteOfUser(ANN)).toBe(1);
      expect(await stores().sessions.deleteOfUser(ANN)).toBe(0);
      expect(
        await stores()
          .sessions.deleteOfUser({ $ne: '' } as never)
          .catch(() => 0),
      ).toBe(0);
      expect((await stores().sessions.ofUser(BOB)).map(({ id }) => id)).toEqual([idOf('c')]);
    });
  });
}
