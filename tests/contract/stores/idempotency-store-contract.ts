import { describe, expect, it } from 'vitest';
import { type Open, openedStores } from './opened-stores.js';
import { anAnswer, HARD_TEXTS } from './values.js';

export function idempotencyStoreContract(open: Open): void {
  describe('answers to repeated requests', () => {
    const stores = openedStores(open);

    it('are known once, and completed', async () => {
      const begun = anAnswer();
      await stores().idempotency.insert(begun);

      await expect(stores().idempotency.insert(begun)).rejects.toMatchObject({ code: 'conflict' });
      expect(await stores().idempotency.get(begun.id)).toEqual(begun);
      expect(await stores().idempotency.get('f'.repeat(64))).toBeUndefined();
      const answer = JSON.stringify({ id: '5', $where: { 'a.b': HARD_TEXTS } });
      expect(await stores().idempotency.complete({ ...begun, answer })).toBe(true);
      expect(await stores().idempotency.get(begun.id)).toEqual({ ...begun, answer });
      expect(await stores().idempotency.complete({ ...begun, id: 'f'.repeat(64), answer })).toBe(false);
    });

    it('let one of many that come at once begin', async () => {
      const begins = Array.from({ length: 30 }, () => stores().idempotency.insert(anAnswer()));

      const outcomes = await Promise.allSettled(begins);

      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    });

    it('are forgotten when they led to nothing, and when they have expired', async () => {
      const first = 'a'.repeat(64);
      const second = 'b'.repeat(64);
      const third = 'c'.repeat(64);
      await stores().idempotency.insert(anAnswer({ id: first, expiresTime: 99 }));
      await stores().idempotency.insert(anAnswer({ id: second, expiresTime: 100 }));
      await stores().idempotency.insert(anAnswer({ id: third, expiresTime: 100 }));

      await stores().idempotency.delete(second);
      await stores().idempotency.delete(second);
      await stores()
        .idempotency.delete({ $ne: '' } as never)
        .catch(() => {});

      expect(await stores().idempotency.deleteExpired(100)).toBe(1);
      expect(await stores().idempotency.get(third)).toBeDefined();
      expect(await stores().idempotency.get(second)).toBeUndefined();
    });
  });
}
