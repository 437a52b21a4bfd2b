import { NO_COUNTS, type TaskCounters } from './task-counters.js';

/** A thread, the main one included, as it was read. (tid, start time) is its identity. */
export interface TaskReading {
  readonly tid: number;
  readonly startTimeTicks: number;
  /** Undefined when it is there but could not be read now. */
  readonly counters: TaskCounters | undefined;
}

/** A process that was there when it was read. */
export interface ProcessReading {
  readonly podUid: string;
  readonly pid: number;
  readonly startTimeTicks: number;
  /** Undefined when they could not be listed now. */
  readonly tasks: readonly TaskReading[] | undefined;
}

/** What a pod's tasks came to since the pod is counted: those that live and those that ended. */
export interface PodCount {
  /** Never falls. */
  readonly totals: TaskCounters;
  /** Processes that live now. */
  readonly processCount: number;
  /** By identity. */
  readonly tasks: ReadonlyMap<string, CountedTask>;
}

/** A task as it was last counted. */
interface CountedTask {
  readonly counters: TaskCounters;
  /** Identity of its process. */
  readonly process: string;
  /** Rounds in a row in which it was not seen. */
  readonly missedRounds: number;
}

/** Pods by uid. */
export type PodCounts = ReadonlyMap<string, PodCount>;

export const NO_PODS: PodCounts = new Map();

/**
 * A process may be missing from a snapshot while it moves between two cgroups. Forgotten at once, it would be
 * counted from its birth again when it is back.
 */
const FORGOTTEN_AFTER_ROUNDS = 3;

const UNCOUNTED: PodCount = { totals: NO_COUNTS, processCount: 0, tasks: new Map() };

/**
 * Adds what has happened since the last round. A task that is new counts from its birth, a known one by what it
 * gained, one that ended keeps what it had: so totals never fall (contract, defect 88). Pods that are not among
 * the wanted are forgotten, and begin anew when they come back.
 */
export function countPods(
  before: PodCounts,
  wantedPodUids: Iterable<string>,
  readings: readonly ProcessReading[],
): PodCounts {
  const byPod = new Map<string, ProcessReading[]>();
  for (const reading of readings) {
    const ofPod = byPod.get(reading.podUid);
    if (ofPod === undefined) byPod.set(reading.podUid, [reading]);
    else ofPod.push(reading);
  }
  const next = new Map<string, PodCount>();
  for (const podUid of wantedPodUids) {
    next.set(podUid, countPod(before.get(podUid) ?? UNCOUNTED, byPod.get(podUid) ?? []));
  }
  return next;
}

function countPod(before: PodCount, readings: readonly ProcessReading[]): PodCount {
  let totals = before.totals;
  const tasks = new Map<string, CountedTask>();
  const unreadable = new Set<string>();
  for (const reading of readings) {
    const process = identityOf(reading.pid, reading.startTimeTicks);
    if (reading.tasks === undefined) unreadable.add(process);
    for (const { tid, startTimeTicks, counters } of reading.tasks ?? []) {
      const task = identityOf(tid, startTimeTicks);
      const known = before.tasks.get(task)?.counters;
      // Another source of a number may tell less than the one before: what was counted stays counted.
      const now = combine(counters ?? NO_COUNTS, known ?? NO_COUNTS, Math.max);
      totals = combine(totals, combine(now, known ?? NO_COUNTS, difference), sum);
      tasks.set(task, { counters: now, process, missedRounds: 0 });
    }
  }
  for (const [task, { counters, process, missedRounds }] of before.tasks) {
    if (tasks.has(task)) continue;
    const missed = unreadable.has(process) ? 0 : missedRounds + 1;
    if (missed < FORGOTTEN_AFTER_ROUNDS) tasks.set(task, { counters, process, missedRounds: missed });
  }
  return { totals, processCount: readings.length, tasks };
}

function identityOf(id: number, startTimeTicks: number): string {
  return `${id} ${startTimeTicks}`;
}

function difference(a: number, b: number): number {
  return a - b;
}

function sum(a: number, b: number): number {
  return a + b;
}

function combine(a: TaskCounters, b: TaskCounters, of: (a: number, b: number) => number): TaskCounters {
  return {
    voluntarySwitches: of(a.voluntarySwitches, b.voluntarySwitches),
    involuntarySwitches: of(a.involuntarySwitches, b.involuntarySwitches),
    cpuTimeNs: of(a.cpuTimeNs, b.cpuTimeNs),
    waitTimeNs: of(a.waitTimeNs, b.waitTimeNs),
    runCount: of(a.runCount, b.runCount),
    cpuMigrations: of(a.cpuMigrations, b.cpuMigrations),
  };
}
