import type { Container } from 'inversify';
import { nodeIntentRoutes } from '../../features/node-policies/node-intent-routes.js';
import { NodeIntentService } from '../../features/node-policies/node-intent-service.js';
import { nodePolicyRoutes } from '../../features/node-policies/node-policy-routes.js';
import { NodePolicyService } from '../../features/node-policies/node-policy-service.js';
import { TOKENS } from '../tokens.js';

/** Node policies, and the node intents that follow. */
export function bindNodePolicies(container: Container): void {
  container
    .bind(TOKENS.nodePolicyService)
    .toResolvedValue(
      (policies, exclusions, delivery, wakeUp, trail, repeated, clock) =>
        new NodePolicyService({ policies, exclusions, delivery, wakeUp, trail, repeated, clock }),
      [
        TOKENS.nodePolicyStore,
        TOKENS.exclusionStore,
        TOKENS.fleet,
        TOKENS.wakeUp,
        TOKENS.auditTrail,
        TOKENS.repeatedRequests,
        TOKENS.clock,
      ],
    )
    .inSingletonScope();
  container
    .bind(TOKENS.routes)
    .toResolvedValue(nodePolicyRoutes, [TOKENS.nodePolicyService, TOKENS.clock])
    .inSingletonScope();
  container
    .bind(TOKENS.nodeIntentService)
    .toResolvedValue(
      (policies, exclusions, delivery, wakeUp, trail, clock) =>
        new NodeIntentService({ policies, exclusions, delivery, wakeUp, trail, clock }),
      [
        TOKENS.nodePolicyStore,
        TOKENS.exclusionStore,
        TOKENS.fleet,
        TOKENS.wakeUp,
        TOKENS.auditTrail,
        TOKENS.clock,
      ],
    )
    .inSingletonScope();
  container
    .bind(TOKENS.routes)
    .toResolvedValue(nodeIntentRoutes, [TOKENS.nodeIntentService, TOKENS.clock])
    .inSingletonScope();
}
