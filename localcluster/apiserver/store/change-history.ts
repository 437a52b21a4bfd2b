import type { Change } from './change.js';

/**
 * The last changes of one resource, oldest first. Readers keep a position and read on from it, so however many
 * there are and however slow, the memory is bounded by the limit: who falls behind it has to list again.
 */
export class ChangeHistory {
  readonly #limit: number;
  readonly #ring: Change[] = [];
  /** Changes ever recorded; the position that the next one gets. */
  #recorded = 0;
  /** Every change with a larger revision is still there. */
  #floor: number;

  constructor(limit: number, floor: number) {
    this.#limit = limit;
    this.#floor = floor;
  }

  /** The oldest revision that a reader can resume from. */
  get floor(): number {
    return this.#floor;
  }

  /** The position of the next change to come. */
  get end(): number {
    return this.#recorded;
  }

  append(change: Change): void {
    const slot = this.#recorded % this.#limit;
    const forgotten = this.#ring[slot];
    if (forgotten !== undefined) this.#floor = forgotten.revision;
    this.#ring[slot] = change;
    this.#recorded += 1;
  }

  /** The change at a position; undefined when it is not there yet, or no more. */
  at(position: number): Change | undefined {
    if (!this.reaches(position) || position >= this.#recorded) return undefined;
    return this.#ring[position % this.#limit];
  }

  /** Whether a position has not been overtaken by forgetting. */
  reaches(position: number): boolean {
    return position >= this.#first();
  }

  /** The position of the first change after a revision; undefined when some of those are forgotten. */
  positionAfter(revision: number): number | undefined {
    if (revision < this.#floor) return undefined;
    let low = this.#first();
    let high = this.#recorded;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.at(middle)?.revision ?? 0) > revision) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  #first(): number {
    return Math.max(0, this.#recorded - this.#limit);
  }
}
