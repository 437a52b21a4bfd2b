import { describe, expect, it } from 'vitest';
import { MIGRATIONS } from '../../../migrations/index.js';
import type { Migration } from '../../../migrations/migration.js';
import { type AppliedMigration, migrationChecksum, migrationPlan } from './migration-plan.js';

function aMigration(name: string, collection = name): Migration {
  return { name, up: [{ kind: 'collection', collection }], down: [] };
}

const FIRST = aMigration('0001-a');
const SECOND = aMigration('0002-b');
const THIRD = aMigration('0003-c');
const KNOWN = [FIRST, SECOND, THIRD];

function applied(...migrations: readonly Migration[]): AppliedMigration[] {
  return migrations.map((one) => ({ name: one.name, checksum: migrationChecksum(one), undoing: false }));
}

describe('migrationPlan', () => {
  it('leaves what was not applied yet, in order', () => {
    expect(migrationPlan(KNOWN, []).pending).toEqual(KNOWN);
    expect(migrationPlan(KNOWN, applied(FIRST))).toEqual({ pending: [SECOND, THIRD], applied: [FIRST] });
    expect(migrationPlan(KNOWN, applied(...KNOWN))).toEqual({ pending: [], applied: KNOWN });
  });

  it('counts one whose way back was begun as not applied', () => {
    const [first, second] = applied(FIRST, SECOND);
    if (first === undefined || second === undefined) throw new Error('nothing is applied');

    expect(migrationPlan(KNOWN, [first, { ...second, undoing: true }])).toEqual({
      pending: [SECOND, THIRD],
      applied: [FIRST, SECOND],
    });
  });

  it.each([
    ['a later version', applied(...KNOWN, aMigration('0004-d')), /later version.*0004-d.*down --to 3/],
    ['a gap', applied(FIRST, THIRD), /has the migration 0003-c and not 0002-b/],
    ['another content', applied(FIRST, aMigration('0002-b', 'x')), /0002-b is not the one that was applied/],
  ])('refuses a database with %s, in words', (_title, records, words) => {
    expect(() => migrationPlan(KNOWN, records)).toThrow(words);
  });
});

describe('the migrations', () => {
  it('are numbered in order, and none has changed since it was released', () => {
    expect(MIGRATIONS.map(({ name }) => Number(name.slice(0, 4)))).toEqual(
      MIGRATIONS.map((_, index) => index + 1),
    );
    expect(MIGRATIONS.map((one) => [one.name, migrationChecksum(one)])).toMatchInlineSnapshot(`
      [
        [
          "0001-first-collections",
          "528ae67c31e2112e9c21a3b9eff8accd24ea801fdd8400f6ff641d1340ce2cf7",
        ],
      ]
    `);
  });
});
