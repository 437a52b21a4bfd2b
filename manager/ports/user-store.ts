import type { ExternalIdentity, User } from '../domain/user.js';

/** Keeps users. Promises as StrategyStore's. */
export interface UserStore {
  get(id: string): Promise<User | undefined>;
  byUsername(username: string): Promise<User | undefined>;
  byIdentity(identity: ExternalIdentity): Promise<User | undefined>;
  all(): Promise<readonly User[]>;
  /** `conflict` when the name or the identity is taken. */
  insert(user: User): Promise<void>;
  /** Replaces the user if the stored revision is still `expectedRevision`; false otherwise. */
  replace(user: User, expectedRevision: number): Promise<boolean>;
  /** False when there was no such user at that revision. */
  delete(id: string, expectedRevision: number): Promise<boolean>;
}
