import { DomainError, messageOf } from '../../shared/domain/domain-error.js';
import { type BackoffPolicy, backoffMs } from '../../shared/lifecycle/backoff.js';
import type { Clock } from '../../shared/lifecycle/clock.js';
import type { Component } from '../../shared/lifecycle/component.js';
import type { Logger } from '../../shared/observability/logger.js';

export interface StoreStartOptions {
  /** In the order they start; each may be started again after it failed, and needs no stop when it did. */
  readonly steps: readonly Component[];
  readonly clock: Clock;
  readonly random: () => number;
  readonly logger: Logger;
}

const BACKOFF: BackoffPolicy = { minMs: 250, maxMs: 5_000 };

/** A store that is there has everything done by then, before the first request is taken. */
const LONGEST_WAIT_MS = 5_000;

/**
 * Does what a manager needs its store for at the start, again and again until the store takes it. The manager goes on
 * starting meanwhile: it answers that it is not ready, and why. What trying again cannot mend ends the manager.
 */
export class StoreStart implements Component {
  readonly name = 'store';
  readonly failed: Promise<never>;
  readonly #options: StoreStartOptions;
  readonly #end = new AbortController();
  #fail: (error: unknown) => void = () => {};
  #loop: Promise<void> = Promise.resolve();
  #problem: string | undefined = 'the store has not been asked yet';

  constructor(options: StoreStartOptions) {
    this.#options = options;
    this.failed = new Promise((_resolve, reject) => {
      this.#fail = reject;
    });
    // Not everybody who starts it waits for its failure.
    this.failed.catch(() => {});
  }

  /** What is not done yet, and why; undefined when all is. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /** Resolves when all is done, or when it is to go on in the background. */
  async start(signal: AbortSignal): Promise<void> {
    signal.addEventListener('abort', () => this.#end.abort(), { once: true });
    if (signal.aborted) return;
    const loop = this.#run();
    this.#loop = loop.catch(() => {});
    const waited = new AbortController();
    const longestWait = this.#options.clock.sleep(LONGEST_WAIT_MS, waited.signal);
    await Promise.race([loop, longestWait]).finally(() => waited.abort());
    loop.catch(this.#fail);
  }

  async stop(signal: AbortSignal): Promise<void> {
    this.#end.abort();
    await this.#loop;
    for (const step of this.#options.steps.toReversed()) await step.stop(signal);
  }

  async #run(): Promise<void> {
    const { clock, logger, random, steps } = this.#options;
    const { signal } = this.#end;
    const left = [...steps];
    for (let attempt = 1; left.length > 0 && !signal.aborted; attempt++) {
      try {
        await startEach(left, signal);
        this.#problem = undefined;
      } catch (error) {
        if (signal.aborted) return;
        if (!mayPass(error)) throw error;
        this.#problem = messageOf(error);
        logger.warn({ attempt, reason: this.#problem }, 'the store is not there, trying again');
        await clock.sleep(backoffMs(BACKOFF, attempt, random()), signal);
      }
    }
  }
}

/** Takes out of the list what has started. */
async function startEach(left: Component[], signal: AbortSignal): Promise<void> {
  for (let step = left[0]; step !== undefined; step = left[0]) {
    await step.start(signal);
    left.shift();
  }
}

/** Another manager that starts at the same moment is as good a reason to try again as a store that is away. */
function mayPass(error: unknown): boolean {
  return error instanceof DomainError && (error.code === 'unavailable' || error.code === 'conflict');
}
