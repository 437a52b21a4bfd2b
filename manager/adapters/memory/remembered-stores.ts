import type { Clock } from '../../../shared/lifecycle/clock.js';
import type { Stores } from '../../ports/stores.js';
import { RememberedExclusionStore } from './remembered-exclusion-store.js';
import { RememberedNodePolicyStore } from './remembered-node-policy-store.js';
import { RememberedRoleStore } from './remembered-role-store.js';
import { RememberedStrategyStore } from './remembered-strategy-store.js';
import { RememberedUserStore } from './remembered-user-store.js';

/** The same stores, with what every request and every pass of the control loop asks for in memory. */
export function rememberedStores(stores: Stores, clock: Clock): Stores {
  return {
    ...stores,
    strategies: new RememberedStrategyStore(stores.strategies, clock),
    users: new RememberedUserStore(stores.users, clock),
    roles: new RememberedRoleStore(stores.roles, clock),
    nodePolicies: new RememberedNodePolicyStore(stores.nodePolicies, clock),
    exclusions: new RememberedExclusionStore(stores.exclusions, clock),
  };
}
