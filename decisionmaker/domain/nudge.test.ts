import { describe, expect, it } from 'vitest';
import { aKnownSet, anIntent, aProcess, aSnapshot } from '../../tests/support/agent-builders.js';
import { type Decision, decide } from './decisions.js';
import { forgetAbsent, type NudgeMemory, nudgeReused } from './nudge.js';

const SLICE_NS = 5_000_000;

function decisionsFor(...processes: { pid: number; startTimeTicks: number }[]): readonly Decision[] {
  const set = aKnownSet([anIntent({ executionTime: SLICE_NS })]);
  const options = { maxItems: 4_096, serveZero: false, ownPid: 0 };
  return decide(set, aSnapshot(...processes.map((process) => aProcess(process))), options).items;
}

/** What a scheduler that polls after each step is told about pid 100. */
function told(...starts: (number | undefined)[]): (number | undefined)[] {
  let memory: NudgeMemory = new Map();
  return starts.map((startTimeTicks) => {
    const present = startTimeTicks === undefined ? [] : [{ pid: 100, startTimeTicks }];
    const nudged = nudgeReused(decisionsFor(...present), memory);
    memory = nudged.memory;
    return nudged.items[0]?.sliceNs;
  });
}

describe('nudgeReused', () => {
  it('leaves a process as decided for as long as it lives', () => {
    expect(told(1, 1, 1)).toEqual([SLICE_NS, SLICE_NS, SLICE_NS]);
  });

  it('tells something else about each next process under the pid, and stays with it', () => {
    expect(told(1, 2, 2, 3, 3, 4)).toEqual([
      SLICE_NS,
      SLICE_NS + 1,
      SLICE_NS + 1,
      SLICE_NS,
      SLICE_NS,
      SLICE_NS + 1,
    ]);
  });

  it('does so also when the pid was free for a moment that the scheduler did not see', () => {
    expect(told(1, undefined, 2)).toEqual([SLICE_NS, undefined, SLICE_NS + 1]);
  });

  it('need not when the scheduler saw the pid free', () => {
    const first = nudgeReused(decisionsFor({ pid: 100, startTimeTicks: 1 }), new Map());
    const free = nudgeReused([], first.memory);

    const { items } = nudgeReused(
      decisionsFor({ pid: 100, startTimeTicks: 2 }),
      forgetAbsent(free.memory, free.items),
    );

    expect(items[0]?.sliceNs).toBe(SLICE_NS);
  });

  it('need not when the values differ anyway', () => {
    const [before] = decisionsFor({ pid: 100, startTimeTicks: 1 });
    const other = { ...before, priority: 9 } as Decision;
    const { memory } = nudgeReused([other], new Map());

    const { items } = nudgeReused(decisionsFor({ pid: 100, startTimeTicks: 2 }), memory);

    expect(items[0]?.sliceNs).toBe(SLICE_NS);
  });

  it('leaves other pids alone', () => {
    const { memory } = nudgeReused(decisionsFor({ pid: 100, startTimeTicks: 1 }), new Map());

    const { items } = nudgeReused(
      decisionsFor({ pid: 100, startTimeTicks: 2 }, { pid: 200, startTimeTicks: 3 }),
      memory,
    );

    expect(items.map(({ pid, sliceNs }) => [pid, sliceNs])).toEqual([
      [100, SLICE_NS + 1],
      [200, SLICE_NS],
    ]);
  });
});
