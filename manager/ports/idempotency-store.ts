import type { IdempotentAnswer } from '../domain/idempotent-answer.js';

/** Keeps answers to requests that may come again. Promises as StrategyStore's. */
export interface IdempotencyStore {
  get(id: string): Promise<IdempotentAnswer | undefined>;
  /** `conflict` when the request is known already. */
  insert(answer: IdempotentAnswer): Promise<void>;
  /** Replaces what is kept of the request; false when it is gone. */
  complete(answer: IdempotentAnswer): Promise<boolean>;
  /** Forgets a request that led to nothing, so that it can be sent again. */
  delete(id: string): Promise<void>;
  /** Removes those that expired before; how many there were. */
  deleteExpired(beforeMs: number): Promise<number>;
}
