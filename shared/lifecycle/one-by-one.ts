import { DomainError } from '../domain/domain-error.js';

/** Callers send one change after the other, so a longer queue is a fault, not a burst. */
const MAX_WAITING = 8;

/** Runs changes one after the other, in the order in which they came, a failed one as well as a good one. */
export class OneByOne {
  readonly #what: string;
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  /** @param what The thing that is changed, for the words of a refusal. */
  constructor(what: string) {
    this.#what = what;
  }

  /** Rejects with `throttled` when too many wait. */
  async run<Result>(change: () => Promise<Result>): Promise<Result> {
    if (this.#waiting >= MAX_WAITING) {
      throw new DomainError(
        'throttled',
        `${MAX_WAITING} changes of ${this.#what} are waiting: send it again later`,
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
