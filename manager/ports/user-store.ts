import type { User } from '../domain/user.js';

/** Keeps users. Promises as StrategyStore's. */
export interface UserStore {
  get(id: string): Promise<User | undefined>;
  byUsername(username: string): Promise<User | undefined>;
  all(): Promise<readonly User[]>;
  /** `conflict` when the name is taken. */
  insert(user: User): Promise<void>;
  /** Replaces the user if the stored revision is still `expectedRevision`; false otherwise. */
  replace(user: User, expectedRevision: number): Promise<boolean>;
}
