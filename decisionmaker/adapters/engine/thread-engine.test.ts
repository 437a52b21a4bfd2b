import { EventEmitter } from 'node:events';
import { beforeEach, describe, expect, it } from 'vitest';
import { silentLogger } from '../../../shared/observability/logger.js';
import { aProcess, aSnapshot } from '../../../tests/support/agent-builders.js';
import type { EngineReport } from '../../ports/decision-engine.js';
import type { EngineMessage, EngineRequest } from './engine-messages.js';
import { type EngineThread, ThreadEngine } from './thread-engine.js';

/** A thread that does what the test says. */
class ScriptedThread extends EventEmitter {
  readonly requests: EngineRequest[] = [];
  isTerminated = false;

  postMessage(request: EngineRequest): void {
    this.requests.push(request);
    if (request.kind === 'stop') this.emit('exit');
  }

  async terminate(): Promise<void> {
    this.isTerminated = true;
    this.emit('exit');
  }

  says(message: EngineMessage): void {
    this.emit('message', message);
  }

  kinds(): string[] {
    return this.requests.map(({ kind }) => kind);
  }
}

/** Sleeps end when the test says so. */
class ManualClock {
  nowMs = 0;
  readonly sleeps: { readonly ms: number; readonly end: () => void }[] = [];
  now = () => this.nowMs;
  monotonicMs = () => this.nowMs;
  sleep = (ms: number, signal?: AbortSignal) =>
    new Promise<void>((resolve) => {
      this.sleeps.push({ ms, end: resolve });
      signal?.addEventListener('abort', () => resolve());
    });

  async pass(): Promise<void> {
    const last = this.sleeps.at(-1);
    this.nowMs += last?.ms ?? 0;
    last?.end();
    await new Promise((resolve) => setImmediate(resolve));
  }
}

let threads: ScriptedThread[];
let clock: ManualClock;
let lines: { fields: Readonly<Record<string, unknown>>; text: string }[];
let engine: ThreadEngine;
beforeEach(() => {
  threads = [];
  lines = [];
  clock = new ManualClock();
  const log = (fields: Readonly<Record<string, unknown>>, text: string) => void lines.push({ fields, text });
  engine = new ThreadEngine({
    startThread: () => {
      const thread = new ScriptedThread();
      threads.push(thread);
      return thread as unknown as EngineThread;
    },
    clock,
    logger: { ...silentLogger, info: log, warn: log, error: log },
    random: () => 0,
  });
});

const last = () => threads.at(-1) as ScriptedThread;
const REPORT: EngineMessage = { kind: 'report', report: { problem: undefined } as EngineReport };

async function started(): Promise<void> {
  const start = engine.start(new AbortController().signal);
  last().says(REPORT);
  await start;
}

describe('ThreadEngine', () => {
  it('is started with the first report, and cannot be when the thread ends before', async () => {
    await started();
    expect(last().kinds()).toEqual(['use', 'refresh']);
    expect(engine.problem()).toBeUndefined();

    const start = engine.start(new AbortController().signal);
    last().emit('error', new Error('no such file'));
    last().emit('exit');
    await expect(start).rejects.toThrow('cannot be started: no such file');
  });

  it('does not hold up a program that is asked to end while the node is looked at', async () => {
    const end = new AbortController();
    const start = engine.start(end.signal);
    end.abort();

    await expect(start).rejects.toThrow('asked to end');
    await engine.stop();
  });

  it('gives the next thread the work of one that ended, with whoever waits for it', async () => {
    await started();
    const input = { intents: [], nodeIntents: [] };
    engine.use(input);
    engine.polled('a');
    let isDone = false;
    const refreshed = engine.refresh().then(() => {
      isDone = true;
    });
    const processes = engine.processes();
    const reason = expect(processes).rejects.toThrow('out of memory');
    last().emit('error', new Error('out of memory'));
    last().emit('exit');
    await reason;
    expect(engine.problem()).toContain('out of memory');
    expect(isDone).toBe(false);

    await clock.pass();
    expect(threads).toHaveLength(2);
    expect(last().requests[0]).toEqual({ kind: 'use', input });
    const request = last().requests[1];
    if (request?.kind !== 'refresh') throw new Error('the refresh was not asked for again');
    last().says(REPORT);
    last().says({ kind: 'refreshed', id: request.id });
    await refreshed;
    expect(engine.problem()).toBeUndefined();
    expect(lines.map(({ text }) => text)).toEqual([
      'the decision engine broke down: it is started again',
      'the decision engine works again',
    ]);

    engine.polled('a');
    expect(last().kinds().at(-1)).toBe('polled');
  });

  it('waits longer and longer between threads that end at once, and begins anew after one that worked', async () => {
    await started();
    const delays: (number | undefined)[] = [];
    const die = async () => {
      last().emit('exit');
      delays.push(clock.sleeps.at(-1)?.ms);
      await clock.pass();
    };
    for (let death = 0; death < 9; death++) await die();
    clock.nowMs += 60_000;
    await die();

    expect(delays).toEqual([50, 100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000, 50]);
  });

  it('tells when the thread has been silent for too long', async () => {
    await started();
    clock.nowMs += 9_000;
    expect(engine.problem()).toBeUndefined();

    clock.nowMs += 3_000;

    expect(engine.problem()).toContain('has not reported for 12 s');
  });

  it('tells the thread once which answer was fetched', async () => {
    await started();
    for (const etag of ['a', 'a', 'b', 'a']) engine.polled(etag);

    const polls = last().requests.flatMap((request) => (request.kind === 'polled' ? [request.etag] : []));
    expect(polls).toEqual(['a', 'b', 'a']);
  });

  it('gives processes, or the reason why there are none', async () => {
    await started();
    const asked = [engine.processes(), engine.processes()] as const;
    const ids = last().requests.flatMap((request) => (request.kind === 'processes' ? [request.id] : []));
    last().says({ kind: 'processes', id: ids[0] ?? 0, snapshot: aSnapshot() });
    last().says({ kind: 'no processes', id: ids[1] ?? 0, reason: 'proc is gone' });

    expect((await asked[0]).processCount).toBe(0);
    await expect(asked[1]).rejects.toMatchObject({ code: 'unavailable', message: 'proc is gone' });
  });

  it('lets go of whoever asked a thread that does not answer, and takes no late answer for another', async () => {
    await started();
    const late = engine.processes();
    const refusal = expect(late).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('within 2 s'),
    });
    expect(clock.sleeps.at(-1)?.ms).toBe(2_000);
    await clock.pass();
    await refusal;

    const next = engine.processes();
    const ids = last().requests.flatMap((request) => (request.kind === 'processes' ? [request.id] : []));
    last().says({ kind: 'processes', id: ids[0] ?? 0, snapshot: aSnapshot(aProcess()) });
    last().says({ kind: 'processes', id: ids[1] ?? 0, snapshot: aSnapshot() });
    expect((await next).processCount).toBe(0);
  });

  it('has room again for those who ask when the ones before were let go', async () => {
    await started();
    const all = Promise.allSettled(Array.from({ length: 1_000 }, () => engine.processes()));
    await expect(engine.processes()).rejects.toThrow('too many callers');
    for (const { end } of clock.sleeps) end();
    expect((await all).every(({ status }) => status === 'rejected')).toBe(true);

    const next = engine.processes();
    const asked = last().requests.at(-1);
    if (asked?.kind !== 'processes') throw new Error('the thread was not asked');
    last().says({ kind: 'processes', id: asked.id, snapshot: aSnapshot() });
    expect((await next).processCount).toBe(0);
  });

  it('asks a thread nothing that has long been silent', async () => {
    await started();
    clock.nowMs += 11_000;
    const before = last().requests.length;

    await expect(engine.processes()).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('has not reported for 11 s'),
    });

    expect(last().requests).toHaveLength(before);
    last().says(REPORT);
    engine.processes().catch(() => {});
    expect(last().kinds().at(-1)).toBe('processes');
    await engine.stop();
  });

  it('writes what the thread logs', async () => {
    await started();
    last().says({ kind: 'log', level: 'warn', fields: { leftOut: 3 }, text: 'no room' });

    expect(lines).toEqual([{ fields: { leftOut: 3 }, text: 'no room' }]);
  });

  it('lets everybody go when it is stopped, and ends a thread that does not end', async () => {
    await started();
    const refreshed = engine.refresh();
    const processes = engine.processes();
    const refusal = expect(processes).rejects.toThrow('the agent ends');
    const thread = last();
    thread.postMessage = () => {};
    const stopped = engine.stop();
    await refreshed;
    await refusal;
    await clock.pass();
    await stopped;

    expect(thread.isTerminated).toBe(true);
    await engine.refresh();
    await expect(engine.processes()).rejects.toThrow('not running');
    expect(threads).toHaveLength(1);
  });
});
