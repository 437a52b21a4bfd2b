import { servedPriority, servedSliceNs } from '../../shared/domain/scheduling-values.js';
import type { CompiledIntent, KnownIntentSet } from './intent-set.js';
import type { PodProcess, ProcessSnapshot } from './pod-process.js';
import { winnerFor } from './process-matching.js';
import { isProtected } from './protected-process.js';

/** What the scheduler is told about one process or thread. */
export interface Decision {
  /** A process's pid, or a thread's tid, which share one space of numbers. */
  readonly pid: number;
  readonly startTimeTicks: number;
  /** 0..20, lower is stronger. */
  readonly priority: number;
  /** Nanoseconds, never 0. */
  readonly sliceNs: number;
  readonly isThread: boolean;
  /** The intent that won. */
  readonly winner: CompiledIntent;
}

export interface Decisions {
  /** Strongest first, a process before threads of the same strength, then by pid; every pid once. */
  readonly items: readonly Decision[];
  /** How many were left out, from the weak end, because the scheduler's map holds no more. */
  readonly truncated: number;
}

export interface DecisionOptions {
  /** Size of the scheduler's map. */
  readonly maxItems: number;
  /** Serve an explicit priority 0 as it is, not as 1. */
  readonly serveZero: boolean;
  readonly ownPid: number;
}

/** Works out the one decision for each process that an intent of the set matches. */
export function decide(set: KnownIntentSet, snapshot: ProcessSnapshot, options: DecisionOptions): Decisions {
  const found = new Map<number, Decision>();
  for (const podUid of set.byPod.keys()) {
    for (const process of snapshot.byPod.get(podUid) ?? []) {
      for (const decision of decisionsFor(process, set, options)) {
        const known = found.get(decision.pid);
        // The lists of two processes are read one after the other, so a number may have passed on in between.
        if (known === undefined || byStrength(decision, known) < 0) found.set(decision.pid, decision);
      }
    }
  }
  const ordered = [...found.values()].sort(byStrength);
  const items = ordered.slice(0, options.maxItems);
  return { items, truncated: ordered.length - items.length };
}

function decisionsFor(process: PodProcess, set: KnownIntentSet, options: DecisionOptions): Decision[] {
  if (isProtected(process, options.ownPid)) return [];
  const winner = winnerFor(set, process);
  if (winner === undefined) return [];
  const { intent } = winner;
  const common = {
    priority: servedPriority(intent.priority, options.serveZero),
    sliceNs: servedSliceNs(intent.executionTime),
    winner,
  };
  const { pid, startTimeTicks } = process;
  const threads = intent.threads ? process.threads : [];
  return [
    { pid, startTimeTicks, isThread: false, ...common },
    ...threads.map((thread) => ({
      pid: thread.tid,
      startTimeTicks: thread.startTimeTicks,
      isThread: true,
      ...common,
    })),
  ];
}

/** Within one strength processes come before threads, so that no program with many threads crowds others out. */
function byStrength(a: Decision, b: Decision): number {
  return a.winner.rank - b.winner.rank || Number(a.isThread) - Number(b.isThread) || a.pid - b.pid;
}
