import { describe, expect, it } from 'vitest';
import { anIntent, aProcess, aSnapshot, someRules } from '../../tests/support/agent-builders.js';
import { type Decision, decide } from './decisions.js';
import { nudgeReused, type ToldAnswer } from './nudge.js';

const SLICE_NS = 5_000_000;
const NOTHING: ToldAnswer = new Map();

function decisionsFor(...processes: { pid: number; startTimeTicks: number }[]): readonly Decision[] {
  const rules = someRules([anIntent({ executionTime: SLICE_NS })]);
  const options = { maxItems: 4_096, serveZero: false, ownPid: 0 };
  return decide(rules, aSnapshot(...processes.map((process) => aProcess(process))), options).items;
}

/** The process that has pid 100; undefined = none. */
type Step = number | undefined;

function step(startTimeTicks: Step, told: ToldAnswer) {
  const present = startTimeTicks === undefined ? [] : [{ pid: 100, startTimeTicks }];
  return nudgeReused(decisionsFor(...present), told);
}

/** What a scheduler that fetches the answer after each step is told about pid 100. */
function told(...starts: Step[]): (number | undefined)[] {
  let last = NOTHING;
  return starts.map((startTimeTicks) => {
    const nudged = step(startTimeTicks, last);
    last = nudged.told;
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

  it('differs from what the scheduler fetched last, whatever was made in between', () => {
    const fetched = step(1, NOTHING).told;

    const slices = [2, undefined, 3, 4].map((start) => step(start, fetched).items[0]?.sliceNs);

    expect(slices).toEqual([SLICE_NS + 1, undefined, SLICE_NS + 1, SLICE_NS + 1]);
  });

  it('need not when the scheduler saw the pid free', () => {
    expect(told(1, undefined, 2)).toEqual([SLICE_NS, undefined, SLICE_NS]);
  });

  it('need not when the values differ anyway', () => {
    const [before] = decisionsFor({ pid: 100, startTimeTicks: 1 });
    const other = { ...before, priority: 9 } as Decision;
    const fetched = nudgeReused([other], NOTHING).told;

    expect(step(2, fetched).items[0]?.sliceNs).toBe(SLICE_NS);
  });

  it('leaves other pids alone', () => {
    const fetched = step(1, NOTHING).told;

    const { items } = nudgeReused(
      decisionsFor({ pid: 100, startTimeTicks: 2 }, { pid: 200, startTimeTicks: 3 }),
      fetched,
    );

    expect(items.map(({ pid, sliceNs }) => [pid, sliceNs])).toEqual([
      [100, SLICE_NS + 1],
      [200, SLICE_NS],
    ]);
  });
});
