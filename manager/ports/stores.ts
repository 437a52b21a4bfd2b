import type { AuditLog } from './audit-log.js';
import type { EpochStore } from './epoch-store.js';
import type { ExclusionStore } from './exclusion-store.js';
import type { IdempotencyStore } from './idempotency-store.js';
import type { NodePolicyStore } from './node-policy-store.js';
import type { RoleStore } from './role-store.js';
import type { SessionStore } from './session-store.js';
import type { StrategyStore } from './strategy-store.js';
import type { UserStore } from './user-store.js';

/** Everything that one manager keeps, in one place. */
export interface Stores {
  readonly strategies: StrategyStore;
  readonly users: UserStore;
  readonly roles: RoleStore;
  readonly sessions: SessionStore;
  readonly nodePolicies: NodePolicyStore;
  readonly exclusions: ExclusionStore;
  readonly idempotency: IdempotencyStore;
  readonly audit: AuditLog;
  readonly epoch: EpochStore;
}
