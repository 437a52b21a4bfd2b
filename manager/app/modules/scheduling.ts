import type { Container } from 'inversify';
import { KeptAnswers } from '../../features/idempotency/kept-answers.js';
import { exclusionRoutes } from '../../features/intents/exclusion-routes.js';
import { ExclusionService } from '../../features/intents/exclusion-service.js';
import { intentRoutes } from '../../features/intents/intent-routes.js';
import { IntentService } from '../../features/intents/intent-service.js';
import { nodeRoutes } from '../../features/nodes/node-routes.js';
import { NodeService } from '../../features/nodes/node-service.js';
import { strategyRoutes } from '../../features/strategies/strategy-routes.js';
import { StrategyService } from '../../features/strategies/strategy-service.js';
import { ExclusionKeeper } from '../../reconcile/exclusion-keeper.js';
import { TOKENS } from '../tokens.js';

/** What is asked for and where it stands: strategies, intents, nodes. */
export function bindScheduling(container: Container): void {
  bindStrategies(container);
  bindIntents(container);
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

function bindStrategies(container: Container): void {
  container
    .bind(TOKENS.keptAnswers)
    .toResolvedValue(
      (store, ids, clock) => new KeptAnswers(store, ids, clock),
      [TOKENS.idempotencyStore, TOKENS.ids, TOKENS.clock],
    )
    .inSingletonScope();
  container.bind(TOKENS.repeatedRequests).toService(TOKENS.keptAnswers);
  container
    .bind(TOKENS.strategyService)
    .toResolvedValue(
      (strategies, exclusions, delivery, wakeUp, trail, repeated, clock) =>
        new StrategyService({ strategies, exclusions, delivery, wakeUp, trail, repeated, clock }),
      [
        TOKENS.strategyStore,
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
    .toResolvedValue(
      (service, clock) => strategyRoutes(service, clock),
      [TOKENS.strategyService, TOKENS.clock],
    )
    .inSingletonScope();
}

function bindIntents(container: Container): void {
  container
    .bind(TOKENS.intentService)
    .toResolvedValue(
      (strategies, exclusions, delivery, cluster, wakeUp, trail, clock) =>
        new IntentService({ strategies, exclusions, delivery, cluster, wakeUp, trail, clock }),
      [
        TOKENS.strategyStore,
        TOKENS.exclusionStore,
        TOKENS.fleet,
        TOKENS.cluster,
        TOKENS.wakeUp,
        TOKENS.auditTrail,
        TOKENS.clock,
      ],
    )
    .inSingletonScope();
  container
    .bind(TOKENS.routes)
    .toResolvedValue((service, clock) => intentRoutes(service, clock), [TOKENS.intentService, TOKENS.clock])
    .inSingletonScope();
  container
    .bind(TOKENS.exclusionService)
    .toResolvedValue(
      (exclusions, wakeUp, trail) => new ExclusionService(exclusions, wakeUp, trail),
      [TOKENS.exclusionStore, TOKENS.wakeUp, TOKENS.auditTrail],
    )
    .inSingletonScope();
  container
    .bind(TOKENS.routes)
    .toResolvedValue(
      (service, clock) => exclusionRoutes(service, clock),
      [TOKENS.exclusionService, TOKENS.clock],
    )
    .inSingletonScope();
  container
    .bind(TOKENS.exclusionKeeper)
    .toResolvedValue(
      (exclusions, strategies, nodePolicies, cluster) =>
        new ExclusionKeeper(exclusions, strategies, nodePolicies, cluster),
      [TOKENS.exclusionStore, TOKENS.strategyStore, TOKENS.nodePolicyStore, TOKENS.cluster],
    )
    .inSingletonScope();
}
