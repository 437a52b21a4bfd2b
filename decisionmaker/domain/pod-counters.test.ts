import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countPods, NO_PODS, type PodCounts, type ProcessReading } from './pod-counters.js';
import { NO_COUNTS, type TaskCounters } from './task-counters.js';

const POD = 'pod-1';

function counters(cpuTimeNs: number, more: Partial<TaskCounters> = {}): TaskCounters {
  return { ...NO_COUNTS, cpuTimeNs, ...more };
}

/** A process with one thread that has used so much CPU; undefined = it cannot be read now. */
function reading(
  pid: number,
  cpuTimeNs: number | undefined,
  startTimeTicks = 1,
  podUid = POD,
): ProcessReading {
  const tasks =
    cpuTimeNs === undefined ? undefined : [{ tid: pid, startTimeTicks, counters: counters(cpuTimeNs) }];
  return { podUid, pid, startTimeTicks, tasks };
}

/** CPU time of the pod after each round. */
function totalsAfter(...rounds: readonly (readonly ProcessReading[])[]): (number | undefined)[] {
  let counts: PodCounts = NO_PODS;
  return rounds.map((readings) => {
    counts = countPods(counts, [POD], readings);
    return counts.get(POD)?.totals.cpuTimeNs;
  });
}

describe('countPods', () => {
  it('counts a process from its birth, and then what it gains', () => {
    expect(totalsAfter([reading(1, 100)], [reading(1, 130)], [reading(1, 130), reading(2, 5)])).toEqual([
      100, 130, 135,
    ]);
  });

  it('keeps what a process had when it ends', () => {
    expect(totalsAfter([reading(1, 100), reading(2, 10)], [reading(2, 20)], [])).toEqual([110, 120, 120]);
  });

  it('takes a process that got the pid of another for another', () => {
    expect(totalsAfter([reading(1, 100, 1)], [reading(1, 3, 2)], [reading(1, 7, 2)])).toEqual([
      100, 103, 107,
    ]);
  });

  it('counts the threads of a process, also those that ended', () => {
    const round = (...threads: [tid: number, cpuTimeNs: number][]): ProcessReading[] => [
      {
        ...reading(1, 0),
        tasks: threads.map(([tid, cpuTimeNs]) => ({
          tid,
          startTimeTicks: 1,
          counters: counters(cpuTimeNs),
        })),
      },
    ];

    expect(totalsAfter(round([1, 100], [2, 50]), round([1, 110]), round([1, 110], [3, 1]))).toEqual([
      150, 160, 161,
    ]);
  });

  it('does not count a process twice that could not be read, or was not seen, for a while', () => {
    expect(totalsAfter([reading(1, 100)], [reading(1, undefined)], [reading(1, 120)])).toEqual([
      100, 100, 120,
    ]);
    expect(totalsAfter([reading(1, 100)], [], [], [reading(1, 120)])).toEqual([100, 100, 100, 120]);
    const long = Array.from({ length: 20 }, () => [reading(1, undefined)]);
    expect(totalsAfter([reading(1, 100)], ...long, [reading(1, 120)]).at(-1)).toBe(120);
  });

  it('does not fall when another source tells less, nor counts that twice', () => {
    const migrations = (cpuMigrations: number): ProcessReading[] => [
      {
        ...reading(1, 0),
        tasks: [{ tid: 1, startTimeTicks: 1, counters: counters(0, { cpuMigrations }) }],
      },
    ];
    let counts: PodCounts = NO_PODS;
    const told = [5, 0, 6].map((value) => {
      counts = countPods(counts, [POD], migrations(value));
      return counts.get(POD)?.totals.cpuMigrations;
    });

    expect(told).toEqual([5, 5, 6]);
  });

  it('tells how many processes live now, also none', () => {
    const first = countPods(NO_PODS, [POD, 'pod-2'], [reading(1, 1), reading(2, 1)]);

    expect(first.get(POD)?.processCount).toBe(2);
    expect(first.get('pod-2')?.processCount).toBe(0);
    expect(countPods(first, [POD], []).get(POD)?.processCount).toBe(0);
  });

  it('forgets a pod nobody wants counted, and begins anew when it is wanted again', () => {
    const before = countPods(NO_PODS, [POD], [reading(1, 100), reading(2, 50)]);
    const without = countPods(before, [], [reading(1, 110)]);
    const again = countPods(without, [POD], [reading(1, 120)]);

    expect([...without]).toEqual([]);
    expect(again.get(POD)?.totals.cpuTimeNs).toBe(120);
  });

  it('keeps memory of living tasks only, apart from the last few rounds', () => {
    let counts: PodCounts = NO_PODS;
    for (let round = 0; round < 1_000; round++) counts = countPods(counts, [POD], [reading(round, 1)]);

    expect(counts.get(POD)?.totals.cpuTimeNs).toBe(1_000);
    expect(counts.get(POD)?.tasks.size).toBeLessThanOrEqual(3);
  });
});

describe('whatever happens to processes', () => {
  /** In each round each of four pids works, ends, is started anew, cannot be read or is not seen. */
  const step = fc.record({
    pid: fc.integer({ min: 1, max: 4 }),
    works: fc.integer({ min: 0, max: 50 }),
    fate: fc.constantFrom('lives', 'lives', 'lives', 'ends', 'unreadable', 'unseen'),
  });

  it('totals never fall, and are what was last read of every process there ever was', () => {
    fc.assert(
      fc.property(fc.array(fc.array(step, { maxLength: 6 }), { maxLength: 40 }), (rounds) => {
        const alive = new Map<number, { startTimeTicks: number; used: number; unseenRounds: number }>();
        const lastRead = new Map<string, number>();
        let counts: PodCounts = NO_PODS;
        let before = 0;
        let starts = 0;
        for (const steps of rounds) {
          const fates = new Map(steps.map(({ pid, fate }) => [pid, fate]));
          for (const { pid, works } of steps) {
            const process = alive.get(pid) ?? { startTimeTicks: ++starts, used: 0, unseenRounds: 0 };
            process.used += works;
            alive.set(pid, process);
          }
          const readings: ProcessReading[] = [];
          for (const [pid, process] of alive) {
            const fate = fates.get(pid) ?? 'lives';
            if (fate === 'ends') alive.delete(pid);
            // No longer than the accumulator waits for a process to come back.
            else if (fate === 'unseen' && process.unseenRounds < 2) process.unseenRounds++;
            else {
              process.unseenRounds = 0;
              const isReadable = fate !== 'unreadable';
              readings.push(reading(pid, isReadable ? process.used : undefined, process.startTimeTicks));
              if (isReadable) lastRead.set(`${pid} ${process.startTimeTicks}`, process.used);
            }
          }

          counts = countPods(counts, [POD], readings);

          const total = counts.get(POD)?.totals.cpuTimeNs ?? Number.NaN;
          expect(total).toBeGreaterThanOrEqual(before);
          expect(total).toBe([...lastRead.values()].reduce((sum, used) => sum + used, 0));
          before = total;
        }
      }),
      { numRuns: 500 },
    );
  });
});
