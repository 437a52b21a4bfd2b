import type { Accounts } from '../domain/administration.js';

/** What a change returns when another writer came first: it is tried again with what is there now. */
export const OVERTAKEN = Symbol('overtaken');

/**
 * Where users and roles are changed whenever a rule is about several of them: that nobody gives more than they hold,
 * that an administrator is left, that no two names are mistaken for each other.
 */
export interface AccountChanges {
  /**
   * Runs changes one at a time within this process, each with users and roles as they are then. `conflict` when others
   * come first again and again, `throttled` when too many wait.
   */
  run<Result>(change: (accounts: Accounts) => Promise<Result | typeof OVERTAKEN>): Promise<Result>;
  /** Users and roles as they are now: to see what another process has made of a rule in the meantime. */
  read(): Promise<Accounts>;
}
