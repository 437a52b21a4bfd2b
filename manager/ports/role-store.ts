import type { Role } from '../domain/permission.js';

/** Keeps roles. Promises as StrategyStore's. */
export interface RoleStore {
  all(): Promise<readonly Role[]>;
  /** `conflict` when the name is taken. */
  insert(role: Role): Promise<void>;
}
