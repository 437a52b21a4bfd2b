/**
 * When something is to be looked at again: soon while it is young, because a process takes its name and its
 * cgroup in its first moments (fork, then exec), later and later as it ages. So a change is seen when the process
 * is at most an eighth older, and never later than the longest delay.
 *
 * @param ageMs Since it was first seen.
 */
export function recheckDelayMs(ageMs: number, longestMs: number): number {
  return Math.min(Math.max(ageMs / 8, SHORTEST_DELAY_MS), longestMs);
}

const SHORTEST_DELAY_MS = 100;

/** Younger than this, a process is looked at whenever it is due, whatever that costs. */
const YOUNG_MS = 5_000;

/** Looks at grown-up processes that one refresh may take; the others have their turn in the next ones. */
const LOOKS_PER_REFRESH = 128;

/** How many more looks one refresh may take. */
export class LookBudget {
  #left = LOOKS_PER_REFRESH;

  /** Whether a look may be taken now; takes it off the budget. */
  take(ageMs: number): boolean {
    if (ageMs < YOUNG_MS) return true;
    this.#left--;
    return this.#left >= 0;
  }
}
