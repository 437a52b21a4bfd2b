import { beforeEach, describe, expect, it } from 'vitest';
import { DomainError } from '../../../shared/domain/domain-error.js';
import { systemClock } from '../../../shared/lifecycle/clock.js';
import { silentLogger } from '../../../shared/observability/logger.js';
import { Registry } from '../../../shared/observability/metrics.js';
import { aKnownSet, anIntent, aProcess, aSnapshot } from '../../../tests/support/agent-builders.js';
import type { KnownIntentSet } from '../../domain/intent-set.js';
import type { ProcessInterest, ProcessSnapshot } from '../../domain/pod-process.js';
import type { ProcessTable } from '../../ports/process-table.js';
import { ScanMetrics } from './scan-metrics.js';
import { SchedulingService } from './scheduling-service.js';

/** A process table that tells what the test puts in. */
class ScriptedTable implements ProcessTable {
  snapshot: ProcessSnapshot | DomainError = aSnapshot(aProcess());
  readonly interests: ProcessInterest[] = [];

  async refresh(interest: ProcessInterest): Promise<ProcessSnapshot> {
    this.interests.push(interest);
    if (this.snapshot instanceof DomainError) throw this.snapshot;
    return this.snapshot;
  }

  discovery(): never {
    throw new Error('nobody asks');
  }

  readErrors(): ReadonlyMap<string, number> {
    return new Map();
  }
}

let table: ScriptedTable;
let current: KnownIntentSet | undefined;
let service: SchedulingService;
beforeEach(() => {
  table = new ScriptedTable();
  current = aKnownSet([anIntent()]);
  service = new SchedulingService(
    { priorityFormat: 'int', maxItems: 4_096, serveZero: false, ownPid: 0 },
    {
      table,
      sets: { current: () => current },
      metrics: new ScanMetrics(new Registry(), systemClock),
      clock: systemClock,
      logger: silentLogger,
    },
  );
});

const served = () => JSON.parse(Buffer.from(service.answer().bytes).toString('utf8')).scheduling;

describe('SchedulingService', () => {
  it('says nothing before it has looked', async () => {
    expect(() => service.answer()).toThrow('have not been read yet');
    await expect(service.processes()).rejects.toThrow('have not been read yet');
  });

  it('says nothing while no set is known, but knows the processes', async () => {
    current = undefined;
    await service.refresh();

    expect(() => service.answer()).toThrow('no set of intents is known');
    expect((await service.processes()).processCount).toBe(1);
  });

  it('serves the same bytes until a process or the set changes', async () => {
    await service.refresh();
    const bytes = service.answer();
    await service.refresh();
    expect(service.answer()).toBe(bytes);

    table.snapshot = aSnapshot(aProcess(), aProcess({ pid: 101 }));
    await service.refresh();
    expect(served()).toHaveLength(2);

    current = aKnownSet([]);
    await service.refresh();
    expect(served()).toEqual([]);
  });

  it('says nothing while the node cannot be read, and goes on afterwards', async () => {
    await service.refresh();
    const before = table.snapshot;
    table.snapshot = new DomainError('unavailable', 'proc is gone');
    await service.refresh();

    expect(() => service.answer()).toThrow('proc is gone');
    await expect(service.processes()).rejects.toThrow('proc is gone');
    expect(service.problem()).toBe('proc is gone');

    table.snapshot = before;
    await service.refresh();
    expect(served()).toHaveLength(1);
    expect(service.problem()).toBeUndefined();
  });

  it('asks the table for what the set needs, and keeps the question while the set stays', async () => {
    current = aKnownSet([anIntent({ commandTarget: 'cmdline', commandRegex: 'x' })]);
    await service.refresh();
    await service.refresh();

    const [first, second] = table.interests;
    expect(first?.inCommandLines(aProcess().podUid)).toBe(true);
    expect(second).toBe(first);
  });

  it('makes a reused pid visible to a scheduler that has not seen it free', async () => {
    const slices: number[] = [];
    const step = async (snapshot: ProcessSnapshot, isPolled = false) => {
      table.snapshot = snapshot;
      await service.refresh();
      if (isPolled) service.polled();
      slices.push(served()[0]?.execution_time ?? 0);
    };

    await step(aSnapshot(aProcess({ startTimeTicks: 1 })), true);
    await step(aSnapshot());
    await step(aSnapshot(aProcess({ startTimeTicks: 2 })), true);
    await step(aSnapshot(), true);
    await step(aSnapshot(aProcess({ startTimeTicks: 3 })), true);

    expect(slices).toEqual([5_000_000, 0, 5_000_001, 0, 5_000_000]);
  });
});
