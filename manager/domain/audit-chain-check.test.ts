import { describe, expect, it } from 'vitest';
import { entryHash, nextEntry } from './audit-chain.js';
import { checkEnd, checkEntries, NOTHING_CHECKED } from './audit-chain-check.js';
import type { AuditEntry } from './audit-entry.js';

function chain(length: number): AuditEntry[] {
  const entries: AuditEntry[] = [];
  for (let index = 0; index < length; index++) {
    const actor = { userId: 'u', username: 'ann', address: undefined, requestId: `r${index}` };
    const target = { kind: 'strategy', id: String(index), name: '' };
    entries.push(
      nextEntry(entries.at(-1), 1_000 + index, actor, { action: 'strategy.create', outcome: 'done', target }),
    );
  }
  return entries;
}

const check = (entries: readonly AuditEntry[], known?: { sequence: number; hash: string }) =>
  checkEnd(checkEntries(NOTHING_CHECKED, entries, known), known);

describe('the check of a chain', () => {
  const good = chain(5);
  const [one, two, three, four, five] = good as [AuditEntry, AuditEntry, AuditEntry, AuditEntry, AuditEntry];

  it('finds a chain good, in one piece or page by page, and after a round trip through JSON', () => {
    const first = checkEntries(NOTHING_CHECKED, good.slice(0, 2));
    const head = { sequence: 5, hash: five.hash };

    expect(check(good)).toEqual({ entries: 5, head });
    expect(checkEntries(first, good.slice(2))).toEqual({ entries: 5, head });
    expect(check(JSON.parse(JSON.stringify(good)))).toEqual({ entries: 5, head });
    expect(check([])).toEqual(NOTHING_CHECKED);
  });

  const altered = { ...three, action: 'strategy.delete' };
  const rehashed = { ...altered, hash: entryHash(altered) };
  it.each<[string, AuditEntry[], number, RegExp]>([
    ['removed', [one, two, four, five], 3, /missing/],
    ['removed at the beginning', [two, three], 1, /missing/],
    ['altered', [one, two, altered, four, five], 3, /altered/],
    ['altered by a field of its own', [one, { ...two, note: 'x' } as AuditEntry], 2, /altered/],
    ['altered and given a hash that fits', [one, two, rehashed, four, five], 4, /does not follow/],
    ['exchanged for its neighbour', [one, three, two, four], 2, /missing/],
    ['inserted', [one, two, two, three], 3, /missing/],
    ['no entry', [one, null as unknown as AuditEntry], 2, /no entry/],
  ])('finds an entry that was %s', (_title, entries, sequence, reason) => {
    const { firstFault, head } = check(entries);

    expect(firstFault).toMatchObject({ sequence, reason: expect.stringMatching(reason) });
    expect(head.sequence).toBe(sequence - 1);
  });

  it('finds by an earlier end that the newest entries were cut off', () => {
    const known = { sequence: five.sequence, hash: five.hash };

    expect(check(good, known).firstFault).toBeUndefined();
    expect(check([one, two, three])).toMatchObject({ entries: 3 });
    expect(check([one, two, three], known).firstFault).toMatchObject({
      sequence: 4,
      reason: expect.stringContaining('cut off'),
    });
  });

  it('finds by an earlier end that the whole chain was made anew', () => {
    const known = { sequence: 2, hash: 'f'.repeat(64) };

    expect(check(good, known).firstFault).toMatchObject({
      sequence: 2,
      reason: expect.stringMatching(/another/),
    });
  });
});
