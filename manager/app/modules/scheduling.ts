import type { Container } from 'inversify';
import { intentRoutes } from '../../features/intents/intent-routes.js';
import { IntentService } from '../../features/intents/intent-service.js';
import { nodeIntentRoutes } from '../../features/node-policies/node-intent-routes.js';
import { NodeIntentService } from '../../features/node-policies/node-intent-service.js';
import { nodePolicyRoutes } from '../../features/node-policies/node-policy-routes.js';
import { NodePolicyService } from '../../features/node-policies/node-policy-service.js';
import { nodeRoutes } from '../../features/nodes/node-routes.js';
import { NodeService } from '../../features/nodes/node-service.js';
import { strategyRoutes } from '../../features/strategies/strategy-routes.js';
import { StrategyService } from '../../features/strategies/strategy-service.js';
import { TOKENS } from '../tokens.js';

/** What is asked for and where it stands: strategies, intents, nodes. */
export function bindScheduling(container: Container): void {
  bindNodePolicies(container);
  container
    .bind(TOKENS.strategyService)
    .toResolvedValue(
      (store, fleet, wakeUp, ids, clock) => new StrategyService(store, fleet, wakeUp, ids, clock),
      [TOKENS.strategyStore, TOKENS.fleet, TOKENS.wakeUp, TOKENS.ids, TOKENS.clock],
    )
    .inSingletonScope();
  container
    .bind(TOKENS.routes)
    .toResolvedValue(
      (service, clock) => strategyRoutes(service, clock),
      [TOKENS.strategyService, TOKENS.clock],
    )
    .inSingletonScope();
  container
    .bind(TOKENS.intentService)
    .toResolvedValue(
      (strategies, fleet) => new IntentService(strategies, fleet),
      [TOKENS.strategyStore, TOKENS.fleet],
    )
    .inSingletonScope();
  container
    .bind(TOKENS.routes)
    .toResolvedValue((service, clock) => intentRoutes(service, clock), [TOKENS.intentService, TOKENS.clock])
    .inSingletonScope();
  container
    .bind(TOKENS.nodeService)
    .toResolvedValue(
      (cluster, fleet, decisionMaker) => new NodeService(cluster, fleet, decisionMaker),
      [TOKENS.cluster, TOKENS.fleet, TOKENS.decisionMaker],
    )
    .inSingletonScope();
  container
    .bind(TOKENS.routes)
    .toResolvedValue((service, clock) => nodeRoutes(service, clock), [TOKENS.nodeService, TOKENS.clock])
    .inSingletonScope();
}

function bindNodePolicies(container: Container): void {
  container
    .bind(TOKENS.nodePolicyService)
    .toResolvedValue(
      (policies, exclusions, delivery, wakeUp, trail, ids, clock) =>
        new NodePolicyService({ policies, exclusions, delivery, wakeUp, trail, ids, clock }),
      [
        TOKENS.nodePolicyStore,
        TOKENS.exclusionStore,
        TOKENS.fleet,
        TOKENS.wakeUp,
        TOKENS.auditTrail,
        TOKENS.ids,
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
