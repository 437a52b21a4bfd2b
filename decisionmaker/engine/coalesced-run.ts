/**
 * Runs a piece of work that brings something up to date, never twice at once. Callers that come while it runs
 * share the one run that follows, since what runs already may have looked before they came.
 */
export class CoalescedRun {
  readonly #work: () => Promise<void>;
  #running: Promise<void> | undefined;
  #following: Promise<void> | undefined;

  constructor(work: () => Promise<void>) {
    this.#work = work;
  }

  /** Resolves, or rejects, with a run that began after this call. */
  run(): Promise<void> {
    if (this.#following !== undefined) return this.#following;
    if (this.#running === undefined) return this.#begin();
    this.#following = this.#running
      .catch(() => {})
      .then(() => {
        this.#following = undefined;
        return this.#begin();
      });
    return this.#following;
  }

  #begin(): Promise<void> {
    const run = this.#work().finally(() => {
      this.#running = undefined;
    });
    this.#running = run;
    return run;
  }
}
