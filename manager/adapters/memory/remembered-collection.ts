import { DomainError } from '../../../shared/domain/domain-error.js';
import type { Clock } from '../../../shared/lifecycle/clock.js';

interface Identified {
  readonly id: string;
  readonly revision?: number;
}

interface Snapshot<Value> {
  readonly byId: Map<string, Value>;
  /** In the order of the store; made again after a change. */
  inOrder: readonly Value[] | undefined;
  /** When its reading began, by the monotonic clock. */
  readonly readAtMs: number;
  /** It knows nothing of doubts that came after this one. */
  readonly doubts: number;
}

/** For so long what was read counts as what is: the longest time until another manager's change is seen. */
export const FRESH_MS = 2_000;

/**
 * For so long the last known state is served while the store cannot be reached. Sign-ins and refreshed tokens need the
 * store, so a caller is served no longer than their access token lives; this is for the control loop, whose nodes
 * must not lose their sets over a store that is repaired the next day.
 */
export const LONGEST_OUTAGE_MS = 24 * 3_600_000;

/** A collection of more is not kept in memory; every question about it goes to the store. */
export const MOST_REMEMBERED = 100_000;

type Change<Value> = (byId: Map<string, Value>) => void;

export interface RememberedSource<Value> {
  all(): Promise<readonly Value[]>;
}

/**
 * A whole collection in memory, read anew when somebody asks and it is no longer fresh. Questions that come together
 * share one reading. Own changes are in it at once; what a change does not know for certain (a write that failed, or
 * lost its race) makes the next question read again.
 */
export class RememberedCollection<Value extends Identified> {
  readonly #source: RememberedSource<Value>;
  readonly #order: (a: Value, b: Value) => number;
  readonly #clock: Clock;
  #snapshot: Snapshot<Value> | undefined;
  #doubts = 0;
  #reading: { readonly doubts: number; readonly done: Promise<Snapshot<Value>> } | undefined;
  #nextReading: Promise<Snapshot<Value>> | undefined;
  /** Own changes since the reading that is on its way began, which it may have missed. */
  #sinceReading: Change<Value>[] = [];
  #isDown = false;

  constructor(source: RememberedSource<Value>, order: (a: Value, b: Value) => number, clock: Clock) {
    this.#source = source;
    this.#order = order;
    this.#clock = clock;
  }

  async all(): Promise<readonly Value[]> {
    const snapshot = await this.#current();
    snapshot.inOrder ??= [...snapshot.byId.values()].sort(this.#order);
    return snapshot.inOrder;
  }

  async get(id: string): Promise<Value | undefined> {
    return (await this.#current()).byId.get(id);
  }

  /** Asks the store itself, and answers from memory only while that cannot be reached. */
  async fromStore<Found>(
    ask: () => Promise<Found>,
    remembered: (all: readonly Value[]) => Found,
  ): Promise<Found> {
    try {
      return await ask();
    } catch (error) {
      if (!isUnavailable(error) || this.#snapshot === undefined) throw error;
      this.#isDown = true;
      return remembered(await this.all());
    }
  }

  async insert(value: Value, write: () => Promise<void>): Promise<void> {
    await this.#sure(write);
    this.#change((byId) => byId.set(value.id, value));
  }

  async replace(value: Value, write: () => Promise<boolean>): Promise<boolean> {
    const isReplaced = await this.#sure(write);
    if (!isReplaced) this.doubt();
    else this.#change((byId) => this.#put(byId, value));
    return isReplaced;
  }

  async delete(id: string, write: () => Promise<boolean>): Promise<boolean> {
    const isDeleted = await this.#sure(write);
    if (!isDeleted) this.doubt();
    else this.#change((byId) => byId.delete(id));
    return isDeleted;
  }

  /** Whatever is known now may be wrong: the next question reads again. */
  doubt(): void {
    this.#doubts++;
  }

  async #sure<Result>(write: () => Promise<Result>): Promise<Result> {
    try {
      return await write();
    } catch (error) {
      this.doubt();
      throw error;
    }
  }

  #change(change: Change<Value>): void {
    if (this.#snapshot !== undefined) {
      change(this.#snapshot.byId);
      this.#snapshot.inOrder = undefined;
    }
    if (this.#reading !== undefined) this.#sinceReading.push(change);
  }

  /** An answer may arrive after that of a later change. */
  #put(byId: Map<string, Value>, value: Value): void {
    const known = byId.get(value.id);
    if (known === undefined) this.doubt();
    else if ((known.revision ?? 0) <= (value.revision ?? 0)) byId.set(value.id, value);
  }

  async #current(): Promise<Snapshot<Value>> {
    const snapshot = this.#snapshot;
    if (snapshot === undefined) return this.#read();
    const ageMs = this.#clock.monotonicMs() - snapshot.readAtMs;
    if (ageMs < FRESH_MS && snapshot.doubts === this.#doubts) return snapshot;
    if (ageMs >= LONGEST_OUTAGE_MS) return this.#read();
    const reading = this.#read();
    if (this.#isDown) {
      // Nobody waits for a store that did not answer the last time.
      reading.catch(() => {});
      return snapshot;
    }
    return reading.catch((error) => {
      if (isUnavailable(error)) return snapshot;
      throw error;
    });
  }

  /** One reading at a time; whoever doubts what it can have seen waits for the next, all of them for the same. */
  #read(): Promise<Snapshot<Value>> {
    const reading = this.#reading;
    if (reading === undefined) return this.#begin();
    if (reading.doubts === this.#doubts) return reading.done;
    this.#nextReading ??= reading.done
      .catch(() => {})
      .then(() => {
        this.#nextReading = undefined;
        return this.#begin();
      });
    return this.#nextReading;
  }

  #begin(): Promise<Snapshot<Value>> {
    const doubts = this.#doubts;
    this.#sinceReading = [];
    const done = this.#load(doubts).finally(() => {
      this.#reading = undefined;
      this.#sinceReading = [];
    });
    this.#reading = { doubts, done };
    return done;
  }

  async #load(doubts: number): Promise<Snapshot<Value>> {
    const readAtMs = this.#clock.monotonicMs();
    try {
      const values = await this.#source.all();
      const byId = new Map(values.map((value) => [value.id, value]));
      for (const change of this.#sinceReading) change(byId);
      const snapshot = { byId, inOrder: undefined, readAtMs, doubts };
      this.#snapshot = byId.size > MOST_REMEMBERED ? undefined : snapshot;
      this.#isDown = false;
      return snapshot;
    } catch (error) {
      this.#isDown = isUnavailable(error);
      throw error;
    }
  }
}

function isUnavailable(error: unknown): boolean {
  return error instanceof DomainError && error.code === 'unavailable';
}

interface Aged {
  readonly id: string;
  readonly createdTime: number;
}

export function byId(a: { readonly id: string }, b: { readonly id: string }): number {
  return a.id < b.id ? -1 : Number(a.id > b.id);
}

export function oldestFirst(a: Aged, b: Aged): number {
  return a.createdTime - b.createdTime || byId(a, b);
}
