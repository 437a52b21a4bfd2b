import { DomainError } from '../domain/domain-error.js';

/** Where callers send one change after the other, a longer queue is a fault, not a burst. */
const MOST_WAITING = 8;

/** Runs changes one after the other, in the order in which they came, a failed one as well as a good one. */
export class OneByOne {
  readonly #what: string;
  readonly #mostWaiting: number;
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  /** @param what The thing that is changed, for the words of a refusal. */
  constructor(what: string, mostWaiting: number = MOST_WAITING) {
    this.#what = what;
    this.#mostWaiting = mostWaiting;
  }

  /** Rejects with `throttled` when too many wait. */
  async run<Result>(change: () => Promise<Result>): Promise<Result> {
    if (this.#waiting >= this.#mostWaiting) {
      throw new DomainError(
        'throttled',
        `${this.#mostWaiting} changes of ${this.#what} are waiting: send it again later`,
      );
    }
    this.#waiting++;
    const run = this.#last.then(change);
    this.#last = run.catch(() => {}).finally(() => this.#waiting--);
    return run;
  }

  /** Resolves when nothing runs or waits any more. */
  async settled(): Promise<void> {
    await this.#last;
  }
}
