import { messageOf } from '../../shared/domain/domain-error.js';
import { type BackoffPolicy, backoffMs } from '../../shared/lifecycle/backoff.js';
import type { Clock } from '../../shared/lifecycle/clock.js';

export interface DeliveryLoopOptions {
  /** Runs a try when fewer than the allowed number run: one dead node must not hold up the others. */
  readonly limit: (delivery: () => Promise<void>) => Promise<void>;
  readonly backoff: BackoffPolicy;
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
}

/** What is delivered, and whether it must be. */
export interface Delivery {
  /** Whether there is something to deliver and somebody to deliver it to. */
  isDue(): boolean;
  /** One try; a rejection is a failure. */
  attempt(signal: AbortSignal): Promise<void>;
  /** Told of each failure, before the wait that follows it. */
  failed(failure: DeliveryFailure, delayMs: number): void;
}

/** What went wrong since the last success. */
export interface DeliveryFailure {
  readonly count: number;
  readonly reason: string;
  /** Unix milliseconds. */
  readonly nextTryAtMs: number;
}

/**
 * Tries one delivery until it is not due any more, one try at a time. A failure opens the circuit: nothing is tried
 * until the back-off is over. What is due is asked before each try, so whatever came meanwhile is in the next one.
 */
export class DeliveryLoop {
  readonly #options: DeliveryLoopOptions;
  readonly #delivery: Delivery;
  readonly #end = new AbortController();
  #failure: DeliveryFailure | undefined;
  #trying = false;
  #running = false;
  #ended: Promise<void> = Promise.resolve();
  /** Ends a wait before the next try, when there is reason to try at once. */
  #hurry = new AbortController();

  constructor(options: DeliveryLoopOptions, delivery: Delivery) {
    this.#options = options;
    this.#delivery = delivery;
  }

  get failure(): DeliveryFailure | undefined {
    return this.#failure;
  }

  /** A try is under way. */
  get trying(): boolean {
    return this.#trying;
  }

  /** Trying, or waiting for the next try. */
  get running(): boolean {
    return this.#running;
  }

  /** Delivers what is due. Cheap when it is running already or nothing is. */
  run(): void {
    if (this.#running) return;
    this.#running = true;
    this.#ended = this.#tryUntilDone();
  }

  /** Forgets failures and waits no longer: there is somebody else to deliver to. */
  startAnew(): void {
    this.#failure = undefined;
    this.#hurry.abort();
  }

  /** Closes the circuit; how often it had failed. */
  succeeded(): number {
    const count = this.#failure?.count ?? 0;
    this.#failure = undefined;
    return count;
  }

  /** Resolves when a try under way has ended. Nothing is tried after this. */
  async stop(): Promise<void> {
    this.#end.abort();
    this.#hurry.abort();
    await this.#ended;
  }

  async #tryUntilDone(): Promise<void> {
    try {
      while (this.#isDue()) {
        await this.#options.limit(() => this.#tryOnce());
        await this.#waitBeforeRetry();
      }
    } finally {
      // In the same turn as the last look, so that what came in between cannot be overlooked.
      this.#running = false;
    }
  }

  #isDue(): boolean {
    return !this.#end.signal.aborted && this.#delivery.isDue();
  }

  async #tryOnce(): Promise<void> {
    if (!this.#isDue()) return;
    this.#trying = true;
    try {
      await this.#delivery.attempt(this.#end.signal);
    } catch (error) {
      this.#noteFailure(messageOf(error));
    } finally {
      this.#trying = false;
    }
  }

  #noteFailure(reason: string): void {
    if (this.#end.signal.aborted) return;
    const { backoff, clock, random } = this.#options;
    const count = (this.#failure?.count ?? 0) + 1;
    const delayMs = backoffMs(backoff, count, random());
    this.#failure = { count, reason, nextTryAtMs: clock.now() + delayMs };
    this.#delivery.failed(this.#failure, delayMs);
  }

  async #waitBeforeRetry(): Promise<void> {
    const waitMs = (this.#failure?.nextTryAtMs ?? 0) - this.#options.clock.now();
    if (waitMs <= 0 || this.#end.signal.aborted) return;
    this.#hurry = new AbortController();
    await this.#options.clock.sleep(waitMs, this.#hurry.signal);
  }
}
