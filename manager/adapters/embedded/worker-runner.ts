import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { DomainError } from '../../../shared/domain/domain-error.js';
import { packageRoot } from '../../../shared/files/package-root.js';
import type { Component } from '../../../shared/lifecycle/component.js';
import type { WorkerMessage, WorkerRequest, WorkerSettings } from './database-worker-messages.js';
import type { StatementRunner } from './embedded-database.js';
import type { SqlOutcome, SqlStatement } from './sqlite-executor.js';

interface Waiting {
  readonly resolve: (outcome: SqlOutcome) => void;
  readonly reject: (error: Error) => void;
}

/** A thread cannot run sources: the built program, wherever this code runs from. */
const WORKER_PROGRAM = path.join(packageRoot(), 'dist/manager/adapters/embedded/database-worker.js');

/** More statements than this in flight mean that the disk has stopped; callers are refused instead of queued. */
const MOST_IN_FLIGHT = 20_000;

/** Owns the worker thread that owns the database file, so that no write ever blocks the event loop. */
export class WorkerRunner implements StatementRunner, Component {
  readonly name = 'embedded store';
  readonly failed: Promise<never>;
  readonly #file: string;
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | undefined;
  #lastId = 0;
  #fail: (error: Error) => void = () => {};

  constructor(file: string) {
    this.#file = file;
    this.failed = new Promise((_resolve, reject) => {
      this.#fail = reject;
    });
    // Not everybody who owns a runner waits for its failure.
    this.failed.catch(() => {});
  }

  async start(): Promise<void> {
    const settings: WorkerSettings = { file: this.#file };
    const worker = new Worker(WORKER_PROGRAM, { workerData: settings });
    this.#worker = worker;
    await new Promise<void>((resolve, reject) => {
      worker.once('error', reject);
      worker.once('message', (message: WorkerMessage) => {
        if (message.kind === 'open') resolve();
        else if (message.kind === 'cannot open') reject(cannotOpen(this.#file, message.reason));
      });
    });
    worker.on('message', (message: WorkerMessage) => this.#settle(message));
    worker.on('error', (error) => this.#breakDown(error));
    worker.on('exit', () => this.#breakDown(new Error('the thread ended')));
  }

  async stop(): Promise<void> {
    const worker = this.#worker;
    if (worker === undefined) return;
    this.#worker = undefined;
    const ended = new Promise((resolve) => worker.once('exit', resolve));
    worker.postMessage('close');
    await ended;
  }

  run(statement: SqlStatement): Promise<SqlOutcome> {
    const worker = this.#worker;
    if (worker === undefined) return Promise.reject(closed());
    if (this.#waiting.size >= MOST_IN_FLIGHT) {
      return Promise.reject(
        new DomainError('unavailable', 'the embedded store cannot keep up: try again later'),
      );
    }
    this.#lastId++;
    const request: WorkerRequest = { id: this.#lastId, statement };
    return new Promise((resolve, reject) => {
      this.#waiting.set(request.id, { resolve, reject });
      worker.postMessage(request);
    });
  }

  #settle(message: WorkerMessage): void {
    if (message.kind !== 'outcomes') return;
    for (const { id, outcome } of message.outcomes) {
      this.#waiting.get(id)?.resolve(outcome);
      this.#waiting.delete(id);
    }
  }

  #breakDown(error: Error): void {
    const stopped = this.#worker === undefined;
    this.#worker = undefined;
    for (const { reject } of this.#waiting.values()) reject(closed(error));
    this.#waiting.clear();
    if (!stopped) this.#fail(closed(error));
  }
}

function closed(cause?: Error): DomainError {
  const reason = cause === undefined ? '' : `: ${cause.message}`;
  return new DomainError('unavailable', `the embedded store is closed${reason}`, { cause });
}

function cannotOpen(file: string, reason: string): DomainError {
  return new DomainError(
    'unavailable',
    `the embedded store ${file} cannot be opened (${reason}): restore it from a backup, or move it away to start ` +
      'with an empty one',
  );
}
