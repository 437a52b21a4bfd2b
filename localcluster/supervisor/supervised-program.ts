import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { open, stat, truncate } from 'node:fs/promises';
import { DomainError } from '../../shared/domain/domain-error.js';
import { backoffMs } from '../../shared/lifecycle/backoff.js';
import { systemClock } from '../../shared/lifecycle/clock.js';

export interface ProgramSpec {
  readonly name: string;
  /** The script that Node runs, and its arguments. */
  readonly script: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** Where its standard output and error go. */
  readonly logFile: string;
  /** Longest time it may take to stop before it is killed. */
  readonly stopWithinMs: number;
  readonly onRestart?: (exit: string, delayMs: number) => void;
}

/** The first restart comes within a second; a program that dies again and again waits longer. */
const RESTART_BACKOFF = { minMs: 200, maxMs: 10_000 };
const STABLE_AFTER_MS = 30_000;
const LOG_LIMIT_BYTES = 10 * 1024 * 1024;
const LOG_TAIL_BYTES = 4_096;

/**
 * One program of the cluster: started, started again with the same arguments when it dies, ended at the end. It
 * runs in a session of its own, so that a Ctrl-C reaches it only through us and in our order.
 */
export class SupervisedProgram {
  readonly spec: ProgramSpec;
  #child: ChildProcess | undefined;
  #exited: Promise<string> = Promise.resolve('never started');
  #loop: Promise<void> = Promise.resolve();
  readonly #end = new AbortController();
  #settled = false;
  readonly #settling: Promise<void>;
  #endSettling: () => void = () => {};

  constructor(spec: ProgramSpec) {
    this.spec = spec;
    this.#settling = new Promise((resolve) => {
      this.#endSettling = resolve;
    });
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  start(): void {
    this.#spawn();
    this.#loop = this.#watch();
  }

  /** From now on a death is followed by a restart; before, it fails the start of the cluster. */
  settle(): void {
    this.#settled = true;
    this.#endSettling();
  }

  /** Rejects when the program ends before it was settled, with the last words of its log. */
  async failsToStart(): Promise<never> {
    const exit = await this.#exited;
    if (this.#settled || this.#end.signal.aborted) return new Promise(() => {});
    throw new DomainError(
      'unavailable',
      `${this.spec.name} ended at start (${exit}): ${await this.lastWords()}`,
    );
  }

  async stop(): Promise<void> {
    this.#end.abort();
    this.#endSettling();
    const child = this.#child;
    if (child?.pid !== undefined && child.exitCode === null && child.signalCode === null) {
      child.kill('SIGTERM');
      const late = new AbortController();
      void systemClock.sleep(this.spec.stopWithinMs, late.signal).then(() => {
        if (!late.signal.aborted) child.kill('SIGKILL');
      });
      await this.#exited;
      late.abort();
    }
    await this.#loop;
  }

  /** Keeps the log from growing for ever. Programs append, so cutting it under them is safe. */
  async boundLog(): Promise<void> {
    const { size } = await stat(this.spec.logFile);
    if (size > LOG_LIMIT_BYTES) await truncate(this.spec.logFile, 0);
  }

  /** The end of the log: what a program that does not start had to say. */
  async lastWords(): Promise<string> {
    const handle = await open(this.spec.logFile, 'r');
    try {
      const { size } = await handle.stat();
      const start = Math.max(0, size - LOG_TAIL_BYTES);
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(LOG_TAIL_BYTES), 0, LOG_TAIL_BYTES, start);
      const lines = buffer.subarray(0, bytesRead).toString('utf8').trim().split('\n');
      return lines.filter((line) => !line.startsWith('{')).join('\n') || (lines.at(-1) ?? '');
    } finally {
      await handle.close();
    }
  }

  #spawn(): void {
    const log = openSync(this.spec.logFile, 'a', 0o600);
    try {
      const child = spawn(process.execPath, [this.spec.script, ...this.spec.args], {
        detached: true,
        stdio: ['ignore', log, log],
        env: this.spec.env,
      });
      this.#child = child;
      this.#exited = new Promise((resolve) => {
        child.once('error', (error) => resolve(error.message));
        child.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`));
      });
    } finally {
      closeSync(log);
    }
  }

  async #watch(): Promise<void> {
    let deaths = 0;
    while (!this.#end.signal.aborted) {
      const startedAtMs = systemClock.monotonicMs();
      const exit = await this.#exited;
      await this.#settling;
      if (this.#end.signal.aborted) return;
      const wasStable = systemClock.monotonicMs() - startedAtMs > STABLE_AFTER_MS;
      deaths = wasStable ? 1 : deaths + 1;
      const delayMs = backoffMs(RESTART_BACKOFF, deaths, 0);
      this.spec.onRestart?.(exit, delayMs);
      await systemClock.sleep(delayMs, this.#end.signal);
      if (!this.#end.signal.aborted) this.#spawn();
    }
  }
}
