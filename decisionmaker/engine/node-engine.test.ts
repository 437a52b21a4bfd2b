import { beforeEach, describe, expect, it, vi } from 'vitest';
import { DomainError } from '../../shared/domain/domain-error.js';
import { systemClock } from '../../shared/lifecycle/clock.js';
import { silentLogger } from '../../shared/observability/logger.js';
import { aNodeIntent, anIntent, aProcess, aSnapshot } from '../../tests/support/agent-builders.js';
import type { ProcessInterest, ProcessSnapshot } from '../domain/pod-process.js';
import type { EngineReport } from '../ports/decision-engine.js';
import type { ProcessTable } from '../ports/process-table.js';
import { NodeEngine } from './node-engine.js';

/** A process table that tells what the test puts in. */
class ScriptedTable implements ProcessTable {
  snapshot: ProcessSnapshot | DomainError = aSnapshot(aProcess());
  readonly interests: ProcessInterest[] = [];

  async refresh(interest: ProcessInterest): Promise<ProcessSnapshot> {
    this.interests.push(interest);
    if (this.snapshot instanceof DomainError) throw this.snapshot;
    return this.snapshot;
  }

  discovery() {
    const discovery = { cgroupVersion: 'v2', source: 'cgroup tree', hostPidNamespace: true } as const;
    return { ...discovery, hostCgroupNamespace: true };
  }

  readErrors(): ReadonlyMap<string, number> {
    return new Map();
  }

  counts() {
    return { processes: 1, pods: 1, conflicts: 0, watches: 0, openFiles: 0 };
  }

  close(): void {}
}

let table: ScriptedTable;
let lines: string[];
let reports: EngineReport[];
let engine: NodeEngine;
beforeEach(() => {
  table = new ScriptedTable();
  lines = [];
  reports = [];
  engine = anEngine();
  engine.use({ intents: [anIntent()], nodeIntents: [] });
});

function anEngine(options: { maxItems?: number; intervalMs?: number } = {}): NodeEngine {
  const log = (_fields: unknown, text: string) => void lines.push(text);
  return new NodeEngine(
    { priorityFormat: 'int', maxItems: 4_096, serveZero: false, ownPid: 0, intervalMs: 250, ...options },
    {
      table,
      clock: systemClock,
      logger: { ...silentLogger, info: log, warn: log, error: log },
      report: (report) => void reports.push(report),
    },
  );
}

const last = () => reports.at(-1);
/** The last answer that was reported, however long ago. */
const answer = () => reports.findLast((report) => report.answer !== undefined)?.answer;
const served = () => JSON.parse(Buffer.from(answer()?.bytes ?? []).toString('utf8')).scheduling;

describe('NodeEngine', () => {
  it('reads the processes of every pod only while somebody asks for them', async () => {
    await engine.refresh();
    expect((await engine.processes()).processCount).toBe(1);
    await engine.refresh();

    const isForOthers = table.interests.map(({ inPod }) => inPod('other'));
    expect(isForOthers).toEqual([false, true, true]);
  });

  it('has no answer while no set is known, whatever node intents there are, but knows the processes', async () => {
    engine.use({ intents: undefined, nodeIntents: [aNodeIntent({ commandRegex: '.' })] });
    await engine.refresh();

    expect(answer()).toBeUndefined();
    expect((await engine.processes()).processCount).toBe(1);
  });

  it('takes its answer back when the set is not known any more', async () => {
    await engine.refresh();
    engine.use({ intents: undefined, nodeIntents: [] });
    await engine.refresh();

    expect(last()?.answer).toBeNull();
  });

  it('reports an answer only when it is another one', async () => {
    await engine.refresh();
    expect(served()).toHaveLength(1);
    await engine.refresh();
    expect(last()?.answer).toBeUndefined();

    table.snapshot = aSnapshot(aProcess(), aProcess({ pid: 101 }));
    await engine.refresh();
    expect(served()).toHaveLength(2);

    engine.use({ intents: [], nodeIntents: [] });
    await engine.refresh();
    expect(served()).toEqual([]);
  });

  it('keeps its answer while the node cannot be read, and goes on afterwards', async () => {
    await engine.refresh();
    const before = table.snapshot;
    table.snapshot = new DomainError('unavailable', 'proc is gone');
    await engine.refresh();

    expect(last()).toMatchObject({ problem: 'proc is gone', answer: undefined });
    await expect(engine.processes()).rejects.toThrow('proc is gone');

    table.snapshot = before;
    await engine.refresh();
    expect(last()).toMatchObject({ problem: undefined, answer: undefined });
    expect(lines).toEqual([
      'the processes of this node can be read',
      'the processes of this node cannot be read',
      'the processes of this node can be read',
    ]);
  });

  it('asks the table for what the wishes need, and keeps the question while they stay', async () => {
    const intents = [anIntent({ commandTarget: 'cmdline', commandRegex: 'x' })];
    engine.use({ intents, nodeIntents: [aNodeIntent()] });
    await engine.refresh();
    await engine.refresh();

    const [first, second] = table.interests;
    expect(first?.inCommandLines(aProcess().podUid)).toBe(true);
    expect(first?.isForWholeNode).toBe(true);
    expect(second).toBe(first);
  });

  it('says when the scheduler’s room ends and when there is room again', async () => {
    engine = anEngine({ maxItems: 1 });
    engine.use({ intents: [anIntent()], nodeIntents: [] });
    table.snapshot = aSnapshot(aProcess(), aProcess({ pid: 101 }));
    await engine.refresh();
    table.snapshot = aSnapshot(aProcess(), aProcess({ pid: 102 }));
    await engine.refresh();
    expect(last()?.counts).toMatchObject({ decisions: 1, truncated: 1 });
    table.snapshot = aSnapshot(aProcess());
    await engine.refresh();

    expect(last()?.counts).toMatchObject({ decisions: 1, truncated: 0 });
    expect(lines.filter((line) => line.startsWith('the scheduler'))).toEqual([
      'the scheduler has no room for every process: the weakest are left out',
      'the scheduler has room for every process again',
    ]);
  });

  it('makes a reused pid visible to a scheduler that has not seen it free', async () => {
    const slices: number[] = [];
    const step = async (snapshot: ProcessSnapshot, isPolled = false) => {
      table.snapshot = snapshot;
      await engine.refresh();
      if (isPolled) engine.polled(answer()?.etag ?? '');
      slices.push(served()[0]?.execution_time ?? 0);
    };

    await step(aSnapshot(aProcess({ startTimeTicks: 1 })), true);
    await step(aSnapshot());
    await step(aSnapshot(aProcess({ startTimeTicks: 2 })), true);
    await step(aSnapshot(), true);
    await step(aSnapshot(aProcess({ startTimeTicks: 3 })), true);

    expect(slices).toEqual([5_000_000, 0, 5_000_001, 0, 5_000_000]);
  });

  it('makes its answer again when it hears late which one the scheduler fetched', async () => {
    const sliceFor = async (startTimeTicks: number) => {
      table.snapshot = aSnapshot(aProcess({ startTimeTicks }));
      await engine.refresh();
      return served()[0].execution_time;
    };
    expect(await sliceFor(1)).toBe(5_000_000);
    engine.polled(answer()?.etag ?? '');
    expect(await sliceFor(2)).toBe(5_000_001);
    const fetched = answer()?.etag ?? '';
    expect(await sliceFor(3)).toBe(5_000_001);

    engine.polled(fetched);
    await engine.refresh();

    expect(served()[0].execution_time).toBe(5_000_000);
  });

  it('looks at every interval and soon after a change, until it is told to end', async () => {
    engine = anEngine({ intervalMs: 60 });
    const end = new AbortController();
    const run = engine.run(end.signal);
    const looks = (count: number) =>
      vi.waitFor(() => expect(reports.length).toBeGreaterThanOrEqual(count), { timeout: 5_000 });
    await looks(3);
    end.abort();
    await run;

    const slow = anEngine({ intervalMs: 1_000_000 });
    const slowEnd = new AbortController();
    const slowRun = slow.run(slowEnd.signal);
    const before = reports.length;
    slow.wake();
    await looks(before + 1);
    slowEnd.abort();
    await slowRun;
  });
});
