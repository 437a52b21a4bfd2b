import type { Exclusion } from '../domain/exclusion.js';

/** Keeps exclusions. Promises as StrategyStore's. */
export interface ExclusionStore {
  /** Oldest first. */
  all(): Promise<readonly Exclusion[]>;
  /** Adds those that are not there yet. */
  add(exclusions: readonly Exclusion[]): Promise<void>;
  /** Removes those that are there; how many there were. */
  remove(ids: readonly string[]): Promise<number>;
  /** Removes everything of a strategy or node policy; how many there were. */
  removeOfSource(sourceId: string): Promise<number>;
  /** Gives everything of a strategy or node policy another owner; how many there were. */
  handOver(sourceId: string, ownerId: string): Promise<number>;
}
