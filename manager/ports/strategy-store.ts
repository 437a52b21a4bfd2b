import type { Strategy } from '../domain/strategy.js';

/**
 * Keeps strategies. Every method that writes resolves only when the change would survive a power cut. Rejects
 * with `unavailable` when the store cannot be reached, and with `conflict` where noted.
 */
export interface StrategyStore {
  /** Every strategy, oldest first. */
  all(): Promise<readonly Strategy[]>;
  /** An owner's strategies, oldest first. */
  ownedBy(ownerId: string): Promise<readonly Strategy[]>;
  get(id: string): Promise<Strategy | undefined>;
  /** `conflict` when the owner already has a strategy of this name. */
  insert(strategy: Strategy): Promise<void>;
  /**
   * Replaces the strategy if its stored revision is still `expectedRevision`; false when it is another one or
   * the strategy is gone. `conflict` as with insert.
   */
  replace(strategy: Strategy, expectedRevision: number): Promise<boolean>;
  /** False when there was no such strategy. */
  delete(id: string): Promise<boolean>;
}
