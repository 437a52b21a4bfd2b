import { beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../shared/lifecycle/clock.js';
import { Registry } from '../../../shared/observability/metrics.js';
import { aKnownSet, aNodeIntent, anIntent, aSnapshot } from '../../../tests/support/agent-builders.js';
import type { KnownIntentSet } from '../../domain/intent-set.js';
import { type KnownNodeIntents, NO_NODE_INTENTS } from '../../domain/node-intent.js';
import type { DecisionEngine, EngineInput, EngineReport } from '../../ports/decision-engine.js';
import { ScanMetrics } from './scan-metrics.js';
import { SchedulingService } from './scheduling-service.js';

/** An engine that reports what the test says. */
class ScriptedEngine implements DecisionEngine {
  readonly inputs: EngineInput[] = [];
  readonly polls: string[] = [];
  refreshes = 0;
  broken: string | undefined;
  report: (report: EngineReport) => void = () => {};

  use(input: EngineInput): void {
    this.inputs.push(input);
  }

  async refresh(): Promise<void> {
    this.refreshes++;
  }

  polled(etag: string): void {
    this.polls.push(etag);
  }

  async processes() {
    return aSnapshot();
  }

  problem(): string | undefined {
    return this.broken;
  }

  onReport(listener: (report: EngineReport) => void): void {
    this.report = listener;
  }
}

let engine: ScriptedEngine;
let current: KnownIntentSet | undefined;
let node: KnownNodeIntents;
let service: SchedulingService;
beforeEach(() => {
  engine = new ScriptedEngine();
  current = aKnownSet([anIntent()]);
  node = NO_NODE_INTENTS;
  service = new SchedulingService({
    engine,
    sets: { current: () => current },
    nodeIntents: { nodeIntents: () => node },
    metrics: new ScanMetrics(new Registry(), systemClock),
  });
});

function aReport(overrides: Partial<EngineReport> = {}): EngineReport {
  return {
    problem: undefined,
    answer: undefined,
    counts: {
      ...{ lookSeconds: [0.01], processes: 1, pods: 1, decisions: 1, truncated: 0, regexSeconds: 0 },
      ...{ conflicts: 0, watches: 0, openFiles: 0 },
    },
    discovery: {
      ...{ cgroupVersion: 'v2', source: 'cgroup tree', hostPidNamespace: true, hostCgroupNamespace: true },
    },
    readErrors: new Map([['ENOENT', 3]]),
    ...overrides,
  };
}

const anAnswer = (etag: string) => ({ bytes: Buffer.from(etag), etag });

describe('SchedulingService', () => {
  it('refuses before the engine has looked, while no set is known, and while none was decided on', () => {
    engine.broken = 'the processes have not been read yet';
    expect(() => service.answer()).toThrow('have not been read yet');

    engine.broken = undefined;
    engine.report(aReport());
    expect(() => service.answer()).toThrow('have not been worked out yet');
    current = undefined;
    expect(() => service.answer()).toThrow('no set of intents is known');
  });

  it('gives the same answer until another one is reported', () => {
    engine.report(aReport({ answer: anAnswer('a') }));
    const answer = service.answer();
    engine.report(aReport());
    engine.report(aReport({ answer: anAnswer('a') }));
    expect(service.answer()).toBe(answer);

    engine.report(aReport({ answer: anAnswer('b') }));
    expect(service.answer().etag).toBe('b');

    engine.report(aReport({ answer: null }));
    expect(() => service.answer()).toThrow('have not been worked out yet');
  });

  it('refuses while the node cannot be read, and goes on with the answer it had', () => {
    engine.report(aReport({ answer: anAnswer('a') }));
    engine.report(aReport({ problem: 'proc is gone' }));
    expect(() => service.answer()).toThrow('proc is gone');
    expect(service.problem()).toBe('proc is gone');

    engine.report(aReport());
    expect(service.answer().etag).toBe('a');
    expect(service.problem()).toBeUndefined();
  });

  it('keeps the last answer while the engine is broken, and says so', () => {
    engine.report(aReport({ answer: anAnswer('a') }));
    engine.broken = 'it broke down';

    expect(service.answer().etag).toBe('a');
    expect(service.problem()).toBe('it broke down');
  });

  it('gives the engine what is wished for when that has changed', async () => {
    await service.refresh();
    await service.refresh();
    expect(engine.inputs).toEqual([{ intents: current?.intents, nodeIntents: [] }]);
    expect(engine.refreshes).toBe(2);

    current = undefined;
    await service.refresh();
    node = { intents: [aNodeIntent()], merkleRoot: '' };
    await service.refresh();
    expect(engine.inputs.slice(1)).toEqual([
      { intents: undefined, nodeIntents: [] },
      { intents: undefined, nodeIntents: node.intents },
    ]);
  });

  it('notices wishes that changed without a word', async () => {
    await service.refresh();
    current = aKnownSet([]);
    engine.report(aReport());
    engine.report(aReport());

    expect(engine.inputs.at(-1)).toEqual({ intents: [], nodeIntents: [] });
    expect(engine.refreshes).toBe(2);
  });

  it('wakes who waits for another answer, or for the reason why there is none', async () => {
    engine.report(aReport({ answer: anAnswer('a') }));
    const never = new AbortController().signal;
    const changed = service.changeFrom('a', never);
    engine.report(aReport());
    engine.report(aReport({ answer: anAnswer('b') }));
    await changed;

    const broken = service.changeFrom('b', never);
    engine.report(aReport({ problem: 'proc is gone' }));
    await broken;

    engine.report(aReport());
    const end = new AbortController();
    const aborted = service.changeFrom('b', end.signal);
    end.abort();
    await aborted;
  });

  it('tells the engine which answer a scheduler fetched', () => {
    service.polled();
    engine.report(aReport({ answer: anAnswer('a') }));
    service.polled();

    expect(engine.polls).toEqual(['a']);
  });

  it('knows how processes are found from the last report', () => {
    expect(service.discovery().cgroupVersion).toBe('unknown');
    expect(service.readErrors().size).toBe(0);

    engine.report(aReport());

    expect(service.discovery().cgroupVersion).toBe('v2');
    expect(service.readErrors().get('ENOENT')).toBe(3);
  });
});
