import type { Session } from '../domain/session.js';

/** Keeps sign-ins. Promises as StrategyStore's. */
export interface SessionStore {
  get(id: string): Promise<Session | undefined>;
  /** A user's sessions, oldest first, ended ones too. */
  ofUser(userId: string): Promise<readonly Session[]>;
  insert(session: Session): Promise<void>;
  /** Replaces the session if the stored revision is still `expectedRevision`; false otherwise. */
  replace(session: Session, expectedRevision: number): Promise<boolean>;
  /** How many there were. */
  deleteOfUser(userId: string): Promise<number>;
  /** Removes those that expired before; how many there were. */
  deleteExpired(beforeMs: number): Promise<number>;
}
