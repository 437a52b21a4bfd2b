import { beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../shared/lifecycle/clock.js';
import { Registry } from '../../../shared/observability/metrics.js';
import { aKnownSet, anIntent, aProcess, aSnapshot } from '../../../tests/support/agent-builders.js';
import type { KnownIntentSet } from '../../domain/intent-set.js';
import type { ProcessReading } from '../../domain/pod-counters.js';
import type { ProcessSnapshot } from '../../domain/pod-process.js';
import { NO_COUNTS } from '../../domain/task-counters.js';
import { PodCountersExporter } from './pod-counters-exporter.js';

const CPU = 'gthulhu_pod_cpu_time_nanoseconds_total';

/** What the exporter meets; each test changes what it is about. */
let nowMs: number;
let slept: number[];
let set: KnownIntentSet | undefined;
let snapshot: () => Promise<ProcessSnapshot>;
let readingTakesMs: number;
let cpuTimeNs: number;
let readings: number;
let registry: Registry;
let exporter: PodCountersExporter;
beforeEach(() => {
  nowMs = 0;
  slept = [];
  set = aKnownSet([anIntent()]);
  snapshot = async () => aSnapshot(aProcess());
  readingTakesMs = 10;
  cpuTimeNs = 100;
  readings = 0;
  registry = new Registry();
  exporter = new PodCountersExporter(registry, {
    sets: { current: () => set },
    processes: { processes: () => snapshot() },
    source: {
      read: async (processes): Promise<ProcessReading[]> => {
        readings++;
        nowMs += readingTakesMs;
        return [...processes].map(({ podUid, pid, startTimeTicks }) => {
          const counters = { ...NO_COUNTS, cpuTimeNs };
          return { podUid, pid, startTimeTicks, tasks: [{ tid: pid, startTimeTicks, counters }] };
        });
      },
      readErrors: () => new Map(),
    },
    clock: {
      now: systemClock.now,
      monotonicMs: () => nowMs,
      sleep: async (ms) => {
        slept.push(ms);
      },
    },
  });
});

async function samples(name: string): Promise<string[]> {
  return (await registry.metrics()).split('\n').filter((line) => line.startsWith(`${name}{`));
}

const cpuTold = async () => (await samples(CPU)).map((line) => Number(line.split(' ').at(-1)));
const end = new AbortController().signal;

describe('PodCountersExporter', () => {
  it('waits after a round as long as it takes to use no more than 2 % of a core', async () => {
    readingTakesMs = 600;

    await exporter.round(end);

    expect(slept.at(-1)).toBe(29_400);
  });

  it('has the page wait for one reading at most, and only when that is quick and a second has passed', async () => {
    expect(await cpuTold()).toEqual([100]);
    expect(readings).toBe(1);
    cpuTimeNs = 150;
    expect(await cpuTold()).toEqual([100]);

    nowMs += 1_000;
    expect(await cpuTold()).toEqual([150]);
    expect(readings).toBe(2);

    readingTakesMs = 51;
    await exporter.round(end);
    nowMs += 10_000;
    await cpuTold();
    expect(readings).toBe(3);
  });

  it('keeps what it has while the processes cannot be read', async () => {
    await exporter.round(end);
    snapshot = () => Promise.reject(new Error('unreadable'));
    nowMs += 1_000;

    expect(await cpuTold()).toEqual([100]);
    expect(readings).toBe(1);
  });

  it('names a pod as its strongest intent does, and has none without a set', async () => {
    set = aKnownSet([
      anIntent({ podName: 'weak', precedence: -1 }),
      anIntent({ podName: 'strong', precedence: 1 }),
    ]);
    const [line, ...others] = await samples(CPU);
    expect(line).toContain('pod_name="strong"');
    expect(others).toEqual([]);

    set = undefined;
    expect(await samples(CPU)).toEqual([]);
  });

  it('does not count pause', async () => {
    snapshot = async () => aSnapshot(aProcess(), aProcess({ pid: 101, comm: 'pause' }));

    expect(await samples('gthulhu_pod_process_count')).toEqual([expect.stringMatching(/ 1$/)]);
  });
});
