/**
 * When something is to be looked at again: soon while it is young, because a process takes its name and its
 * cgroup in its first moments (fork, then exec), later and later as it ages. So a change is seen when the process
 * is at most an eighth older, and never later than the longest delay, as long as the budget below lasts.
 *
 * @param ageMs Since it was first seen.
 */
export function recheckDelayMs(ageMs: number, longestMs: number): number {
  return Math.min(Math.max(ageMs / 8, SHORTEST_DELAY_MS), longestMs);
}

const SHORTEST_DELAY_MS = 100;

/** Until this age a process is likely to become another program. */
const YOUNG_MS = 5_000;

/** Looks that one refresh may take; processes that miss their turn have it in the next ones. */
const YOUNG_LOOKS = 1_000;
const GROWN_UP_LOOKS = 512;

/** How many more looks one refresh may take. */
export class LookBudget {
  #young = YOUNG_LOOKS;
  #grownUp = GROWN_UP_LOOKS;

  /** Whether a look may be taken now; takes it off the budget. */
  take(ageMs: number): boolean {
    return (ageMs < YOUNG_MS ? this.#young-- : this.#grownUp--) > 0;
  }
}
