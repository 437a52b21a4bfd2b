import { servedPriority, servedSliceNs } from '../../shared/domain/scheduling-values.js';
import type { DecisionRule, DecisionRules } from './decision-rules.js';
import type { PodProcess, ProcessSnapshot } from './pod-process.js';
import { matchByPattern, type TextMatcher, winnerFor } from './process-matching.js';
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
  readonly winner: DecisionRule;
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

/** Works out the one decision for each process that a rule matches. */
export function decide(
  rules: DecisionRules,
  snapshot: ProcessSnapshot,
  options: DecisionOptions,
  isIn: TextMatcher = matchByPattern,
): Decisions {
  const found = new Map<number, Decision>();
  const consider = (decision: Decision) => {
    const known = found.get(decision.pid);
    // The lists of two processes are read one after the other, so a number may have passed on in between.
    if (known === undefined || byStrength(decision, known) < 0) found.set(decision.pid, decision);
  };
  for (const processes of listsToMatch(rules, snapshot)) {
    for (const process of processes) {
      const winner = isProtected(process, options.ownPid) ? undefined : winnerFor(rules, process, isIn);
      if (winner === undefined) continue;
      const values = {
        priority: servedPriority(winner.priority, options.serveZero),
        sliceNs: servedSliceNs(winner.executionTime),
        winner,
      };
      const { pid, startTimeTicks } = process;
      consider({ pid, startTimeTicks, isThread: false, ...values });
      if (!winner.threads) continue;
      for (const thread of process.threads) {
        consider({ pid: thread.tid, startTimeTicks: thread.startTimeTicks, isThread: true, ...values });
      }
    }
  }
  const ordered = [...found.values()].sort(byStrength);
  const items = ordered.slice(0, options.maxItems);
  return { items, truncated: ordered.length - items.length };
}

function listsToMatch(rules: DecisionRules, snapshot: ProcessSnapshot): readonly (readonly PodProcess[])[] {
  if (rules.ofNode.length > 0) return [...snapshot.byPod.values(), snapshot.ofNoPod];
  return [...rules.byPod.keys()].map((podUid) => snapshot.byPod.get(podUid) ?? []);
}

/** Within one strength processes come before threads, so that no program with many threads crowds others out. */
function byStrength(a: Decision, b: Decision): number {
  return a.winner.rank - b.winner.rank || Number(a.isThread) - Number(b.isThread) || a.pid - b.pid;
}
