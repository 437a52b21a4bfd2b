import type { Decision } from './decisions.js';

/** What was last told about a pid, and of which process. */
interface Told {
  readonly startTimeTicks: number;
  readonly priority: number;
  readonly sliceNs: number;
  /** The slice told was the decided one plus NUDGE_NS. */
  readonly nudged: boolean;
}

export type NudgeMemory = ReadonlyMap<number, Told>;

const NUDGE_NS = 1;

/** Memories of pids that are gone are only a help, so they may be dropped from here on. */
const MAX_REMEMBERED = 65_536;

/**
 * Makes a reused pid visible. A kernel-mode scheduler forgets a task when it ends and its client sends only what
 * changed between two answers, so another process under the same pid with the same values would never be put in
 * (contract 3.5). Such a process gets a slice longer by one nanosecond, as long as it lives.
 */
export function nudgeReused(
  decisions: readonly Decision[],
  memory: NudgeMemory,
): { readonly items: readonly Decision[]; readonly memory: NudgeMemory } {
  const remembered = new Map(memory.size > MAX_REMEMBERED ? [] : memory);
  const items = decisions.map((decision) => {
    const nudged = mustNudge(decision, memory.get(decision.pid));
    const sliceNs = decision.sliceNs + (nudged ? NUDGE_NS : 0);
    const { pid, startTimeTicks, priority } = decision;
    remembered.set(pid, { startTimeTicks, priority, sliceNs, nudged });
    return nudged ? { ...decision, sliceNs } : decision;
  });
  return { items, memory: remembered };
}

function mustNudge(decision: Decision, told: Told | undefined): boolean {
  if (told === undefined) return false;
  if (told.startTimeTicks === decision.startTimeTicks) return told.nudged;
  return told.sliceNs === decision.sliceNs && told.priority === decision.priority;
}

/** After the scheduler got an answer without a pid it has removed it, and a later one is new to it anyway. */
export function forgetAbsent(memory: NudgeMemory, served: readonly Decision[]): NudgeMemory {
  const present = new Set(served.map((decision) => decision.pid));
  return new Map([...memory].filter(([pid]) => present.has(pid)));
}
