import { auditLogContract } from './audit-log-contract.js';
import { epochStoreContract } from './epoch-store-contract.js';
import { exclusionStoreContract } from './exclusion-store-contract.js';
import { idempotencyStoreContract } from './idempotency-store-contract.js';
import { nodePolicyStoreContract } from './node-policy-store-contract.js';
import type { Open } from './opened-stores.js';
import { roleStoreContract } from './role-store-contract.js';
import { sessionStoreContract } from './session-store-contract.js';
import { strategyStoreContract } from './strategy-store-contract.js';
import { userStoreContract } from './user-store-contract.js';

/** What the stores must keep, whatever they are made of: one suite for each port. */
export function storeContracts(open: Open): void {
  strategyStoreContract(open);
  userStoreContract(open);
  roleStoreContract(open);
  sessionStoreContract(open);
  nodePolicyStoreContract(open);
  exclusionStoreContract(open);
  idempotencyStoreContract(open);
  auditLogContract(open);
  epochStoreContract(open);
}
