import { type Collection, type Document, MongoServerError } from 'mongodb';
import { DomainError } from '../../../shared/domain/domain-error.js';
import type { Clock } from '../../../shared/lifecycle/clock.js';
import { COLLECTIONS } from './collections.js';
import { integer } from './document-fields.js';
import type { MongoConnection } from './mongo-connection.js';
import { failureOf } from './mongo-failure.js';

interface LeaseDocument extends Document {
  /** The term: whoever inserts the next one holds the lease, and nobody else can. */
  readonly _id: number;
  /** For people. */
  readonly holder: string;
  /** Counts up while the holder is alive. */
  readonly renewals: number;
  readonly released: boolean;
}

export interface LeaseTimes {
  /** A holder that has not renewed for so long is gone. */
  readonly expiryMs: number;
  readonly renewMs: number;
  /** How often somebody who waits looks. */
  readonly pollMs: number;
}

export const LEASE_TIMES: LeaseTimes = { expiryMs: 15_000, renewMs: 4_000, pollMs: 250 };

/**
 * Lets one manager at a time migrate a database. Whether a holder is alive is told from its renewals, by the clock of
 * the one who waits: clocks of two machines are never compared.
 */
export class MigrationLease {
  readonly #connection: MongoConnection;
  readonly #clock: Clock;
  readonly #holder: string;
  readonly #times: LeaseTimes;

  constructor(connection: MongoConnection, clock: Clock, holder: string, times: LeaseTimes = LEASE_TIMES) {
    this.#connection = connection;
    this.#clock = clock;
    this.#holder = holder;
    this.#times = times;
  }

  /**
   * Does the work as the only holder, after waiting for another one to end or expire. The work calls `stillHeld`
   * before each step, which rejects when another one has taken over.
   */
  async hold<Result>(
    signal: AbortSignal,
    work: (stillHeld: () => Promise<void>) => Promise<Result>,
  ): Promise<Result> {
    const term = await this.#acquire(signal);
    const end = new AbortController();
    const renewing = this.#renew(term, end.signal);
    try {
      return await work(() => this.#requireHeld(term));
    } finally {
      end.abort();
      await renewing;
      await this.#release(term);
    }
  }

  async #acquire(signal: AbortSignal): Promise<number> {
    let seen = await this.#newest();
    let seenAtMs = this.#clock.monotonicMs();
    for (;;) {
      const isFree =
        seen === undefined || seen.released || this.#clock.monotonicMs() - seenAtMs >= this.#times.expiryMs;
      const term = integer(seen?._id, 0) + 1;
      if (isFree && (await this.#insert(term))) return term;
      await this.#clock.sleep(this.#times.pollMs, signal);
      if (signal.aborted) throw new DomainError('unavailable', 'stopped while another manager migrated');
      const now = await this.#newest();
      if (now?._id !== seen?._id || now?.renewals !== seen?.renewals || now?.released !== seen?.released) {
        seenAtMs = this.#clock.monotonicMs();
      }
      seen = now;
    }
  }

  async #insert(term: number): Promise<boolean> {
    const document = { _id: term, holder: this.#holder, renewals: 0, released: false };
    return this.#run(async (leases) => {
      try {
        await leases.insertOne(document);
        return true;
      } catch (error) {
        if (error instanceof MongoServerError && failureOf(error) === 'taken') return false;
        throw error;
      }
    });
  }

  /** A renewal that fails is tried again with the next; when all fail, the lease expires as it should. */
  async #renew(term: number, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#clock.sleep(this.#times.renewMs, signal);
      if (signal.aborted) return;
      await this.#run((leases) => leases.updateOne({ _id: term }, { $inc: { renewals: 1 } })).catch(() => {});
    }
  }

  async #requireHeld(term: number): Promise<void> {
    if ((await this.#newest())?._id === term) return;
    throw new DomainError('unavailable', 'another manager has taken over the migration: it is tried again');
  }

  /** What fails here costs whoever comes next the expiry, and nothing else. */
  async #release(term: number): Promise<void> {
    const update = { $set: { released: true } };
    await this.#run((leases) => leases.updateOne({ _id: term }, update)).catch(() => {});
  }

  async #newest(): Promise<LeaseDocument | undefined> {
    const newest = await this.#run((leases) => leases.findOne({}, { sort: { _id: -1 } }));
    return newest ?? undefined;
  }

  #run<Result>(operation: (leases: Collection<LeaseDocument>) => Promise<Result>): Promise<Result> {
    return this.#connection.run((database) => operation(database.collection(COLLECTIONS.migrationLeases)));
  }
}
