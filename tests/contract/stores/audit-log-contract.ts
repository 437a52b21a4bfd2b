import { describe, expect, it } from 'vitest';
import { entryHash } from '../../../manager/domain/audit-chain.js';
import type { AuditEntry } from '../../../manager/domain/audit-entry.js';
import type { AuditLog } from '../../../manager/ports/audit-log.js';
import { type Open, openedStores } from './opened-stores.js';
import { aChain, BOB, HARD_TEXTS, idOf } from './values.js';

const sequences = (entries: readonly AuditEntry[]) => entries.map(({ sequence }) => sequence);

export function auditLogContract(open: Open): void {
  describe('the audit log', () => {
    const stores = openedStores(open);
    const fill = async (chain: readonly AuditEntry[]) => {
      for (const entry of chain) await stores().audit.insert(entry);
    };

    it('gives its entries back as they were, so that their hashes still fit', async () => {
      const hard = Object.fromEntries(
        HARD_TEXTS.map((text) => [text, { [text]: text, list: [text, null, 1.5] }]),
      );
      const chain = aChain([
        {},
        { before: hard, after: { $set: { 'a.b': 1 }, '': [], deep: { $where: '\ud800 half a character' } } },
        {
          username: 'half \udfff',
          outcome: 'refused',
          reason: 'no',
          target: { kind: 'user', id: '', name: 'x' },
        },
      ]);
      await fill(chain);

      const kept = await stores().audit.inOrder(1, 10);

      expect(kept).toEqual(chain);
      expect(kept.map(entryHash)).toEqual(chain.map(({ hash }) => hash));
      expect(await stores().audit.last()).toEqual(chain.at(-1));
    });

    it('is empty at first, and takes each sequence once', async () => {
      expect(await stores().audit.last()).toBeUndefined();
      const [entry] = aChain([{}]);
      if (entry === undefined) throw new Error('no entry');

      const racing = Array.from({ length: 20 }, () => stores().audit.insert(entry));
      const outcomes = await Promise.allSettled(racing);

      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      const refused = outcomes.filter(({ status }) => status === 'rejected');
      expect(refused.every((outcome) => 'reason' in outcome && outcome.reason.code === 'conflict')).toBe(
        true,
      );
    });

    it('can only be added to', () => {
      const methods: Readonly<Record<keyof AuditLog, true>> = {
        last: true,
        insert: true,
        insertMany: true,
        find: true,
        inOrder: true,
      };

      const own = Object.getOwnPropertyNames(Object.getPrototypeOf(stores().audit));

      expect(own.filter((name) => name !== 'constructor').sort()).toEqual(Object.keys(methods).sort());
    });

    it('is paged without a gap or a repetition, from the newest and from the oldest', async () => {
      const chain = aChain(Array.from({ length: 25 }, () => ({})));
      await fill(chain);

      const fromNewest: number[] = [];
      for (let before: number | undefined; ; before = fromNewest.at(-1)) {
        const page = await stores().audit.find({ beforeSequence: before }, 10);
        if (page.length === 0) break;
        fromNewest.push(...sequences(page));
      }
      const fromOldest: number[] = [];
      for (let from = 1; ; from = (fromOldest.at(-1) ?? 0) + 1) {
        const page = await stores().audit.inOrder(from, 10);
        if (page.length === 0) break;
        fromOldest.push(...sequences(page));
      }

      expect(fromOldest).toEqual(sequences(chain));
      expect(fromNewest).toEqual(sequences(chain).toReversed());
    });

    it('finds what is asked for, where everything that is given must hold', async () => {
      await fill(
        aChain([
          { timeMs: 10, action: 'auth.login', target: { kind: 'user', id: idOf('a'), name: 'ann' } },
          { timeMs: 20, userId: BOB, username: 'bob', requestId: 'r-2' },
          { timeMs: 30, userId: BOB, username: 'bob', outcome: 'refused', reason: 'no' },
          { timeMs: 40, target: { kind: 'strategy', id: idOf('6'), name: '' } },
        ]),
      );
      const found = async (query: Parameters<AuditLog['find']>[0], limit = 10) =>
        sequences(await stores().audit.find(query, limit));

      expect(await found({})).toEqual([4, 3, 2, 1]);
      expect(await found({ userId: BOB })).toEqual([3, 2]);
      expect(await found({ username: 'bob', outcome: 'refused' })).toEqual([3]);
      expect(await found({ action: 'auth.login' })).toEqual([1]);
      expect(await found({ targetKind: 'strategy', targetId: idOf('6') })).toEqual([4]);
      expect(await found({ targetKind: 'strategy' })).toEqual([4, 3, 2]);
      expect(await found({ requestId: 'r-2' })).toEqual([2]);
      expect(await found({ sinceMs: 20, untilMs: 40 })).toEqual([3, 2]);
      expect(await found({ sinceMs: 20, beforeSequence: 4 }, 1)).toEqual([3]);
      expect(await found({ username: 'nobody' })).toEqual([]);
      expect(await found({ username: { $ne: '' } as never }).catch(() => [])).toEqual([]);
    });
  });
}
