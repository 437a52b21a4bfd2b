import type { Container } from 'inversify';
import pLimit from 'p-limit';
import { WakeUp } from '../../../shared/lifecycle/wake-up.js';
import { DeliveryMetrics } from '../../reconcile/delivery-metrics.js';
import { EpochKeeper } from '../../reconcile/epoch-keeper.js';
import { NodeFleet } from '../../reconcile/node-fleet.js';
import { Reconciler } from '../../reconcile/reconciler.js';
import { TOKENS } from '../tokens.js';

/** The control loop and the deliveries. */
export function bindReconcile(container: Container): void {
  container.bind(TOKENS.wakeUp).toConstantValue(new WakeUp());
  container
    .bind(TOKENS.deliveryMetrics)
    .toResolvedValue((registry) => new DeliveryMetrics(registry), [TOKENS.registry])
    .inSingletonScope();
  container
    .bind(TOKENS.epochKeeper)
    .toResolvedValue((store, logger) => new EpochKeeper(store, logger), [TOKENS.epochStore, TOKENS.logger])
    .inSingletonScope();
  container
    .bind(TOKENS.fleet)
    .toResolvedValue(
      ({ delivery }, decisionMaker, epoch, clock, random, logger, metrics) =>
        new NodeFleet({
          decisionMaker,
          epoch,
          limit: pLimit(delivery.parallelism),
          backoff: { minMs: delivery.backoff_min_ms, maxMs: delivery.backoff_max_ms },
          clock,
          random,
          logger,
          metrics,
        }),
      [
        TOKENS.config,
        TOKENS.decisionMaker,
        TOKENS.epochKeeper,
        TOKENS.clock,
        TOKENS.random,
        TOKENS.logger,
        TOKENS.deliveryMetrics,
      ],
    )
    .inSingletonScope();
  container
    .bind(TOKENS.reconciler)
    .toResolvedValue(
      (
        config,
        cluster,
        strategies,
        nodePolicies,
        exclusions,
        users,
        roles,
        fleet,
        wakeUp,
        clock,
        logger,
        metrics,
      ) =>
        new Reconciler({
          cluster,
          strategies,
          nodePolicies,
          exclusions,
          users,
          roles,
          fleet,
          wakeUp,
          protectedNamespaces: new Set([...config.k8s.protected_namespaces, config.k8s.namespace]),
          clock,
          logger,
          metrics,
        }),
      [
        TOKENS.config,
        TOKENS.cluster,
        TOKENS.strategyStore,
        TOKENS.nodePolicyStore,
        TOKENS.exclusionStore,
        TOKENS.userStore,
        TOKENS.roleStore,
        TOKENS.fleet,
        TOKENS.wakeUp,
        TOKENS.clock,
        TOKENS.logger,
        TOKENS.deliveryMetrics,
      ],
    )
    .inSingletonScope();
}
