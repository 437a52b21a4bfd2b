import type { NodePolicy } from '../domain/node-policy.js';

/** Keeps node policies. Promises as StrategyStore's. */
export interface NodePolicyStore {
  /** Every policy, oldest first. */
  all(): Promise<readonly NodePolicy[]>;
  /** An owner's policies, oldest first. */
  ownedBy(ownerId: string): Promise<readonly NodePolicy[]>;
  get(id: string): Promise<NodePolicy | undefined>;
  insert(policy: NodePolicy): Promise<void>;
  /** Replaces the policy if its stored revision is still `expectedRevision`; false otherwise. */
  replace(policy: NodePolicy, expectedRevision: number): Promise<boolean>;
  /** False when there was no such policy. */
  delete(id: string): Promise<boolean>;
}
