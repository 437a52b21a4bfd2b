import type { Collection, Document } from 'mongodb';
import type { Migration } from '../../../migrations/migration.js';
import type { Clock } from '../../../shared/lifecycle/clock.js';
import type { Logger } from '../../../shared/observability/logger.js';
import { COLLECTIONS } from './collections.js';
import { flag, int64, text } from './document-fields.js';
import type { MigrationLease } from './migration-lease.js';
import {
  type AppliedMigration,
  type MigrationPlan,
  migrationChecksum,
  migrationPlan,
} from './migration-plan.js';
import { takeStep } from './migration-steps.js';
import type { MongoConnection } from './mongo-connection.js';

interface MigrationDocument extends Document {
  readonly _id: string;
}

export interface MigratorOptions {
  readonly connection: MongoConnection;
  readonly migrations: readonly Migration[];
  readonly lease: MigrationLease;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Brings a database to the schema of this program, and back. A migration is recorded when all of its steps are taken;
 * each step can be taken again, so one that was cut off is simply begun anew.
 */
export class Migrator {
  readonly #options: MigratorOptions;

  constructor(options: MigratorOptions) {
    this.#options = options;
  }

  /** What is applied and what is not. `invalid` for a database that is not ours to migrate. */
  async plan(): Promise<MigrationPlan> {
    return migrationPlan(this.#options.migrations, await this.#applied());
  }

  /** Applies what is missing. A database that is up to date is only read. */
  async up(signal: AbortSignal): Promise<void> {
    if ((await this.plan()).pending.length === 0) return;
    await this.#options.lease.hold(signal, async (stillHeld) => {
      for (const migration of (await this.plan()).pending) await this.#apply(migration, stillHeld);
    });
  }

  /** Takes back every migration after the first `count`, the newest first. */
  async down(count: number, signal: AbortSignal): Promise<void> {
    await this.#options.lease.hold(signal, async (stillHeld) => {
      const { applied } = await this.plan();
      for (const migration of applied.slice(count).toReversed()) await this.#undo(migration, stillHeld);
    });
  }

  async #apply(migration: Migration, stillHeld: () => Promise<void>): Promise<void> {
    await this.#take(migration.up, stillHeld);
    await this.#record(migration, false);
    this.#options.logger.info({ migration: migration.name }, 'migration applied');
  }

  async #undo(migration: Migration, stillHeld: () => Promise<void>): Promise<void> {
    // Said first: if this is cut off, what is half undone must not count as applied.
    await this.#record(migration, true);
    await this.#take(migration.down, stillHeld);
    await this.#records((records) => records.deleteOne({ _id: migration.name }));
    this.#options.logger.info({ migration: migration.name }, 'migration undone');
  }

  async #take(steps: Migration['up'], stillHeld: () => Promise<void>): Promise<void> {
    for (const step of steps) {
      await stillHeld();
      await this.#options.connection.run((database) => takeStep(database, step), taken(step));
    }
  }

  async #record(migration: Migration, undoing: boolean): Promise<void> {
    const fields = {
      checksum: migrationChecksum(migration),
      undoing,
      appliedTime: int64(this.#options.clock.now()),
    };
    await this.#records((records) =>
      records.updateOne({ _id: migration.name }, { $set: fields }, { upsert: true }),
    );
  }

  async #applied(): Promise<AppliedMigration[]> {
    const found = await this.#records((records) => records.find({}, { sort: { _id: 1 } }).toArray());
    return found.map(({ _id, checksum, undoing }) => ({
      name: _id,
      checksum: text(checksum),
      undoing: flag(undoing, false),
    }));
  }

  #records<Result>(operation: (records: Collection<MigrationDocument>) => Promise<Result>): Promise<Result> {
    return this.#options.connection.run((database) => operation(database.collection(COLLECTIONS.migrations)));
  }
}

/** A unique index cannot be made over values that are there twice. */
function taken(step: Migration['up'][number]): string {
  return step.kind === 'index'
    ? `${step.collection} holds documents that agree in ${step.fields.join(', ')}, which must be unique: remove one`
    : `the step "${step.kind}" met something that exists already`;
}
