import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../shared/lifecycle/clock.js';
import { aProcess } from '../../../tests/support/agent-builders.js';
import { SimulatedNode } from '../../../tests/support/simulated-node.js';
import { ProcTaskCounters } from './proc-task-counters.js';

const CGROUP = '/kubepods/a';
const STATUS = 'Name:\tx\nvoluntary_ctxt_switches:\t8\nnonvoluntary_ctxt_switches:\t2\n';
const SCHED =
  'x (1, #threads: 1)\nse.nr_migrations : 4\nnr_voluntary_switches : 9\nnr_involuntary_switches : 3\n';

let node: SimulatedNode;
let counters: ProcTaskCounters;
beforeEach(() => {
  node = new SimulatedNode();
  counters = new ProcTaskCounters(node.procRoot, systemClock);
});
afterEach(() => node.close());

function write(file: string, text: string): void {
  writeFileSync(path.join(node.procRoot, file), text);
}

/** A process with one thread, as the kernel shows it. */
function put(pid: number, files: Readonly<Record<string, string>>, startTimeTicks = 1_000): void {
  node.put({ pid, cgroup: CGROUP, startTimeTicks });
  for (const [name, text] of Object.entries(files)) write(`${pid}/${name}`, text);
}

async function read(...pids: number[]) {
  return counters.read(pids.map((pid) => aProcess({ pid, startTimeTicks: 1_000 })));
}

const PRESENT = { cpuTimeNs: 100, waitTimeNs: 20, runCount: 3 };

describe('ProcTaskCounters', () => {
  it('reads what the kernel counts about a process', async () => {
    put(1, { schedstat: '100 20 3\n', sched: SCHED });

    const [reading] = await read(1);

    expect(reading).toMatchObject({ pid: 1, startTimeTicks: 1_000 });
    expect(reading?.tasks).toEqual([
      {
        tid: 1,
        startTimeTicks: 1_000,
        counters: { ...PRESENT, voluntarySwitches: 9, involuntarySwitches: 3, cpuMigrations: 4 },
      },
    ]);
  });

  it('turns to the status, and stays with it, on a kernel that has no sched file', async () => {
    put(1, { schedstat: '100 20 3\n', status: STATUS });
    put(2, { schedstat: '100 20 3\n', status: STATUS });

    const readings = await read(1, 2);

    for (const { tasks } of readings) {
      expect(tasks?.[0]?.counters).toEqual({
        ...PRESENT,
        voluntarySwitches: 8,
        involuntarySwitches: 2,
        cpuMigrations: 0,
      });
    }
    expect(counters.readErrors().get('ENOENT')).toBe(1);
  });

  it('counts every thread, by its own start time', async () => {
    node.put({
      pid: 1,
      cgroup: CGROUP,
      startTimeTicks: 1_000,
      threads: [
        { tid: 7, startTimeTicks: 1_500 },
        { tid: 8, startTimeTicks: 1_600 },
      ],
    });
    for (const folder of ['1', '1/task/7', '1/task/8']) {
      write(`${folder}/schedstat`, '100 20 3\n');
      write(`${folder}/sched`, SCHED);
    }
    rmSync(path.join(node.procRoot, '1/task/8/stat'));

    const [reading] = await read(1);

    expect(reading?.tasks?.map(({ tid, startTimeTicks }) => [tid, startTimeTicks])).toEqual([
      [1, 1_000],
      [7, 1_500],
    ]);
  });

  it('leaves out what ended, also when another process has the pid by now', async () => {
    put(1, { schedstat: '1 1 1\n' }, 2_000);
    node.put({ pid: 2, cgroup: CGROUP, startTimeTicks: 1_000, state: 'Z' });

    expect(await read(1, 2, 3)).toEqual([]);
  });

  it('tells what is there and cannot be read from what ended, and counts it', async () => {
    put(1, {});
    rmSync(path.join(node.procRoot, '1/stat'));
    mkdirSync(path.join(node.procRoot, '1/stat'));

    expect(await read(1)).toMatchObject([{ pid: 1, tasks: undefined }]);
    expect(counters.readErrors().get('other')).toBe(1);
  });

  it('knows a process whose numbers are not to be had', async () => {
    put(1, {});

    expect(await read(1)).toMatchObject([{ tasks: [{ tid: 1, counters: undefined }] }]);
  });

  it('reads this very process', async () => {
    const own = new ProcTaskCounters('/proc', systemClock);
    const stat = readFileSync('/proc/self/stat', 'utf8');
    const startTimeTicks = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]);

    const [reading] = await own.read([aProcess({ pid: process.pid, startTimeTicks })]);

    expect(reading?.tasks?.length).toBeGreaterThan(1);
    expect(reading?.tasks?.[0]?.counters?.cpuTimeNs).toBeGreaterThan(0);
  });
});
