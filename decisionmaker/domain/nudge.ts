import type { Decision } from './decisions.js';

/** What a scheduler was told about a pid, and of which process. */
interface Told {
  readonly startTimeTicks: number;
  readonly priority: number;
  readonly sliceNs: number;
  /** The slice told was the decided one plus NUDGE_NS. */
  readonly nudged: boolean;
}

/** All that one answer told; a pid that is not in it was taken out of the scheduler's map. */
export type ToldAnswer = ReadonlyMap<number, Told>;

const NUDGE_NS = 1;

/**
 * Makes a reused pid visible. A kernel-mode scheduler forgets a task when it ends and its client sends only what
 * changed between the two answers that it fetched, so another process under the same pid with the same values
 * would never be put in (contract 3.5). Such a process gets a slice longer by one nanosecond, as long as it lives.
 *
 * @param told The answer that the scheduler fetched last.
 */
export function nudgeReused(
  decisions: readonly Decision[],
  told: ToldAnswer,
): {
  readonly items: readonly Decision[];
  /** What the scheduler will have been told once it has fetched these items. */
  readonly told: ToldAnswer;
} {
  const next = new Map<number, Told>();
  const items = decisions.map((decision) => {
    const { pid, startTimeTicks, priority } = decision;
    const nudged = mustNudge(decision, told.get(pid));
    const sliceNs = decision.sliceNs + (nudged ? NUDGE_NS : 0);
    next.set(pid, { startTimeTicks, priority, sliceNs, nudged });
    return nudged ? { ...decision, sliceNs } : decision;
  });
  return { items, told: next };
}

function mustNudge(decision: Decision, told: Told | undefined): boolean {
  if (told === undefined) return false;
  if (told.startTimeTicks === decision.startTimeTicks) return told.nudged;
  return told.sliceNs === decision.sliceNs && told.priority === decision.priority;
}
