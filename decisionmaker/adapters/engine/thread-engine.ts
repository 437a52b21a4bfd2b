import { DomainError, messageOf } from '../../../shared/domain/domain-error.js';
import { type BackoffPolicy, backoffMs } from '../../../shared/lifecycle/backoff.js';
import type { Clock } from '../../../shared/lifecycle/clock.js';
import type { Component } from '../../../shared/lifecycle/component.js';
import type { Logger } from '../../../shared/observability/logger.js';
import type { ProcessSnapshot } from '../../domain/pod-process.js';
import type { DecisionEngine, EngineInput, EngineReport } from '../../ports/decision-engine.js';
import type { EngineMessage, EngineRequest } from './engine-messages.js';

/** A thread that hosts an engine, as `node:worker_threads` has it. */
export interface EngineThread {
  postMessage(request: EngineRequest): void;
  on(event: 'message', listener: (message: EngineMessage) => void): unknown;
  on(event: 'error', listener: (error: unknown) => void): unknown;
  on(event: 'exit', listener: () => void): unknown;
  terminate(): Promise<unknown>;
}

export interface ThreadEngineOptions {
  readonly startThread: () => EngineThread;
  readonly clock: Clock;
  readonly logger: Logger;
  /** In [0, 1). */
  readonly random: () => number;
  /** Delays between a thread's end and the start of the next one. */
  readonly backoff?: BackoffPolicy;
}

interface Asking {
  readonly resolve: (snapshot: ProcessSnapshot) => void;
  readonly reject: (error: Error) => void;
}

const BACKOFF: BackoffPolicy = { minMs: 100, maxMs: 10_000 };

/** A thread that worked this long has not failed at its start. */
const SETTLED_MS = 30_000;

/** Whoever waits for a look is let go after this time, as after a look that came to nothing. */
const REFRESH_LIMIT_MS = 10_000;

/** Whoever asks for the processes is told after this time that there is no answer. */
const PROCESSES_LIMIT_MS = 2_000;

/** Without a report for this long the thread hangs: it reports at least once a second. */
const SILENCE_MS = 10_000;

/** More than this many callers at once do not wait for the same thing. */
const MOST_WAITING = 1_000;

const STOP_LIMIT_MS = 1_000;

const LATE = `the decision engine did not tell the processes within ${PROCESSES_LIMIT_MS / 1_000} s: the node is busy, or the engine hangs`;

/**
 * Runs the engine in a thread of its own and starts another one when it ends. What the engine was given last is kept
 * here, so the next one takes up the work; whoever waits for a look waits for the next engine's.
 */
export class ThreadEngine implements DecisionEngine, Component {
  readonly name = 'decision engine';
  readonly #options: ThreadEngineOptions;
  readonly #refreshing = new Map<number, () => void>();
  readonly #asking = new Map<number, Asking>();
  readonly #end = new AbortController();
  #thread: EngineThread | undefined;
  #input: EngineInput = { intents: undefined, nodeIntents: [] };
  #listener: (report: EngineReport) => void = () => {};
  #polled: string | undefined;
  #lastId = 0;
  #failures = 0;
  #startedAtMs = 0;
  #reportedAtMs: number | undefined;
  #broken: string | undefined;
  #firstReport: { resolve: () => void; reject: (error: Error) => void } | undefined;

  constructor(options: ThreadEngineOptions) {
    this.#options = options;
  }

  /** Resolves with the first report; rejects when the thread ends, or the signal aborts, before it. */
  async start(signal: AbortSignal): Promise<void> {
    const first = new Promise<void>((resolve, reject) => {
      this.#firstReport = { resolve, reject };
      signal.addEventListener('abort', () =>
        reject(unavailable('the agent was asked to end while it started')),
      );
    });
    this.#begin();
    this.#thread?.postMessage({ kind: 'refresh', id: this.#nextId() });
    await first;
    this.#firstReport = undefined;
  }

  async stop(): Promise<void> {
    this.#end.abort();
    const thread = this.#thread;
    this.#thread = undefined;
    this.#letEverybodyGo('the agent ends');
    if (thread === undefined) return;
    const ended = new Promise<void>((resolve) => thread.on('exit', resolve));
    thread.postMessage({ kind: 'stop' });
    const isLate = new AbortController();
    const limit = this.#options.clock.sleep(STOP_LIMIT_MS, isLate.signal).then(() => thread.terminate());
    await Promise.race([ended, limit]);
    isLate.abort();
    await ended;
  }

  onReport(listener: (report: EngineReport) => void): void {
    this.#listener = listener;
  }

  use(input: EngineInput): void {
    this.#input = input;
    this.#thread?.postMessage({ kind: 'use', input });
  }

  refresh(): Promise<void> {
    if (this.#end.signal.aborted || this.#refreshing.size >= MOST_WAITING) return Promise.resolve();
    const id = this.#nextId();
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(limit);
        this.#refreshing.delete(id);
        resolve();
      };
      const limit = setTimeout(done, REFRESH_LIMIT_MS);
      this.#refreshing.set(id, done);
      this.#thread?.postMessage({ kind: 'refresh', id });
    });
  }

  polled(etag: string): void {
    if (etag === this.#polled) return;
    this.#polled = etag;
    this.#thread?.postMessage({ kind: 'polled', etag });
  }

  processes(): Promise<ProcessSnapshot> {
    const thread = this.#thread;
    if (thread === undefined) return Promise.reject(unavailable(this.#broken ?? 'the agent is not running'));
    if (this.#asking.size >= MOST_WAITING) return Promise.reject(unavailable('too many callers are waiting'));
    // A thread that hangs reads no questions, and whatever is sent to it is kept in memory.
    const silence = this.#silence();
    if (silence !== undefined) return Promise.reject(unavailable(silence));
    return this.#ask(thread);
  }

  async #ask(thread: EngineThread): Promise<ProcessSnapshot> {
    const id = this.#nextId();
    const isOver = new AbortController();
    try {
      return await new Promise<ProcessSnapshot>((resolve, reject) => {
        this.#asking.set(id, { resolve, reject });
        thread.postMessage({ kind: 'processes', id });
        const limit = this.#options.clock.sleep(PROCESSES_LIMIT_MS, isOver.signal);
        void limit.then(() => reject(unavailable(LATE)));
      });
    } finally {
      isOver.abort();
      this.#asking.delete(id);
    }
  }

  problem(): string | undefined {
    if (this.#broken !== undefined) return this.#broken;
    if (this.#reportedAtMs === undefined) return 'the processes have not been read yet';
    return this.#silence();
  }

  /** That the thread hangs, though it has not ended; undefined while it does not, or has only just begun. */
  #silence(): string | undefined {
    const { clock } = this.#options;
    const silentMs = clock.monotonicMs() - Math.max(this.#startedAtMs, this.#reportedAtMs ?? 0);
    return silentMs > SILENCE_MS
      ? `the decision engine has not reported for ${Math.round(silentMs / 1_000)} s`
      : undefined;
  }

  #nextId(): number {
    this.#lastId++;
    return this.#lastId;
  }

  #begin(): void {
    const { startThread, clock } = this.#options;
    const thread = startThread();
    let reason = 'its thread ended';
    this.#thread = thread;
    this.#startedAtMs = clock.monotonicMs();
    this.#polled = undefined;
    thread.on('message', (message) => this.#take(message));
    thread.on('error', (error) => {
      reason = messageOf(error);
    });
    thread.on('exit', () => this.#thread === thread && this.#breakDown(reason));
    thread.postMessage({ kind: 'use', input: this.#input });
    for (const id of this.#refreshing.keys()) thread.postMessage({ kind: 'refresh', id });
  }

  #take(message: EngineMessage): void {
    switch (message.kind) {
      case 'report':
        this.#reportedAtMs = this.#options.clock.monotonicMs();
        if (this.#broken !== undefined) this.#options.logger.info({}, 'the decision engine works again');
        this.#broken = undefined;
        this.#listener(message.report);
        this.#firstReport?.resolve();
        return;
      case 'refreshed':
        this.#refreshing.get(message.id)?.();
        return;
      case 'processes':
        this.#asking.get(message.id)?.resolve(message.snapshot);
        return;
      case 'no processes':
        this.#asking.get(message.id)?.reject(unavailable(message.reason));
        return;
      case 'log':
        this.#options.logger[message.level](message.fields, message.text);
    }
  }

  #breakDown(reason: string): void {
    const { clock, random, logger, backoff = BACKOFF } = this.#options;
    this.#thread = undefined;
    this.#broken = `the decision engine broke down and is started again: ${reason}`;
    for (const { reject } of this.#asking.values()) reject(unavailable(this.#broken));
    this.#asking.clear();
    if (this.#firstReport !== undefined) {
      this.#firstReport.reject(unavailable(`the decision engine cannot be started: ${reason}`));
      return;
    }
    const hasWorked = clock.monotonicMs() - this.#startedAtMs > SETTLED_MS;
    this.#failures = hasWorked ? 1 : this.#failures + 1;
    const delayMs = backoffMs(backoff, this.#failures, random());
    logger.error({ reason, delayMs }, 'the decision engine broke down: it is started again');
    void clock.sleep(delayMs, this.#end.signal).then(() => {
      if (!this.#end.signal.aborted) this.#begin();
    });
  }

  #letEverybodyGo(reason: string): void {
    for (const done of [...this.#refreshing.values()]) done();
    for (const { reject } of this.#asking.values()) reject(unavailable(reason));
    this.#asking.clear();
  }
}

function unavailable(reason: string): DomainError {
  return new DomainError('unavailable', reason);
}
