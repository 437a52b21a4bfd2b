import type { Role } from '../domain/permission.js';

/** Keeps roles. Promises as StrategyStore's. */
export interface RoleStore {
  all(): Promise<readonly Role[]>;
  get(id: string): Promise<Role | undefined>;
  /** `conflict` when the name is taken. */
  insert(role: Role): Promise<void>;
  /** Replaces the role if the stored revision is still `expectedRevision`; false otherwise. `conflict` as with insert. */
  replace(role: Role, expectedRevision: number): Promise<boolean>;
  /** False when there was no such role at that revision. */
  delete(id: string, expectedRevision: number): Promise<boolean>;
}
