import type { Migration } from '../../../migrations/migration.js';
import { DomainError } from '../../../shared/domain/domain-error.js';
import { sha256Hex } from '../../../shared/domain/merkle.js';
import { canonicalJson } from '../../domain/audit-chain.js';

/** What a database says of a migration that was applied to it. */
export interface AppliedMigration {
  readonly name: string;
  readonly checksum: string;
  /** Its way back was begun: it counts as not applied, and either way may be taken again. */
  readonly undoing: boolean;
}

export interface MigrationPlan {
  /** In the order they are to be applied. */
  readonly pending: readonly Migration[];
  /** In the order they were applied, with those whose way back was begun. */
  readonly applied: readonly Migration[];
}

/** SHA-256 (lower-case hex) over the definition, which is all that a migration does. */
export function migrationChecksum(migration: Migration): string {
  return sha256Hex(canonicalJson(migration));
}

/**
 * What is still to be done. Refuses (`invalid`) a database that a later version has migrated, one where a migration
 * was left out, and one where a migration was another one when it was applied.
 */
export function migrationPlan(
  known: readonly Migration[],
  applied: readonly AppliedMigration[],
): MigrationPlan {
  const knownNames = new Set(known.map(({ name }) => name));
  const later = applied.find(({ name }) => !knownNames.has(name));
  if (later !== undefined) throw refused(laterVersion(later.name, known.length));
  const byName = new Map(applied.map((record) => [record.name, record]));
  const firstMissing = known.findIndex(({ name }) => !byName.has(name));
  const reached = firstMissing < 0 ? known : known.slice(0, firstMissing);
  const beyond = known.slice(reached.length).find(({ name }) => byName.has(name));
  if (beyond !== undefined) throw refused(gap(known[reached.length]?.name ?? '', beyond.name));
  for (const migration of reached) checkUnchanged(migration, byName.get(migration.name)?.checksum);
  return {
    pending: known.filter(({ name }) => byName.get(name)?.undoing !== false),
    applied: reached,
  };
}

function checkUnchanged(migration: Migration, checksum: string | undefined): void {
  if (checksum === migrationChecksum(migration)) return;
  throw refused(
    `the migration ${migration.name} is not the one that was applied to this database (its checksum was ` +
      `${checksum}): use the version of the program that applied it, or a database of its own`,
  );
}

function laterVersion(name: string, count: number): string {
  return (
    `the database was migrated by a later version of the program (${name}): update this one, or take the database ` +
    `back with \`podium migrate down --to ${count}\` of that version`
  );
}

function gap(missing: string, beyond: string): string {
  return (
    `the database has the migration ${beyond} and not ${missing} before it: restore a backup, or use a database of ` +
    'its own'
  );
}

function refused(message: string): DomainError {
  return new DomainError('invalid', message);
}
