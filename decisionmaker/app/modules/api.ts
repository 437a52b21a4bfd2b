import type { Container } from 'inversify';
import type { DecisionMakerConfig } from '../../../config/decisionmaker-config.js';
import { productVersion } from '../../../shared/files/package-root.js';
import { capabilityRoutes } from '../../features/capabilities/capability-routes.js';
import { registerIntentMetrics } from '../../features/intents/intent-metrics.js';
import { intentRoutes } from '../../features/intents/intent-routes.js';
import { metricRoutes } from '../../features/metrics/metric-routes.js';
import { registerProcessMetrics } from '../../features/processes/process-metrics.js';
import { processRoutes } from '../../features/processes/process-routes.js';
import { schedulingRoutes } from '../../features/scheduling/scheduling-routes.js';
import { WaitingRequests } from '../../features/scheduling/waiting-requests.js';
import { tokenRoutes } from '../../features/tokens/token-routes.js';
import { Authenticator } from '../../http/authenticator.js';
import { decisionMakerApi } from '../../http/decision-maker-api.js';
import { agentCertificate } from '../agent-certificate.js';
import { TOKENS } from '../tokens.js';

/** The routes of every feature, and who may call them. */
export function bindApi(container: Container, config: DecisionMakerConfig): void {
  const nodeName = config.node.name;
  const version = productVersion();
  container.bind(TOKENS.authenticator).toResolvedValue(
    (tokens, managerKeys, clock) =>
      new Authenticator({
        nodeName,
        tokens,
        managerKeys,
        clock,
        schedulerToken: config.auth.scheduler_token,
      }),
    [TOKENS.tokenService, TOKENS.managerKeys, TOKENS.clock],
  );
  container
    .bind(TOKENS.waitingRequests)
    .toResolvedValue(
      (scheduling, clock, registry) => new WaitingRequests(scheduling, clock, registry),
      [TOKENS.scheduling, TOKENS.clock, TOKENS.registry],
    );
  container
    .bind(TOKENS.certificate)
    .toResolvedValue(
      (clock, logger, registry) => agentCertificate(config, clock, logger, registry),
      [TOKENS.clock, TOKENS.logger, TOKENS.registry],
    );
  container
    .bind(TOKENS.routes)
    .toResolvedValue(
      (tokens, keeper, scheduling, waiting, exporter, table, host, clock) => [
        ...tokenRoutes(tokens, clock),
        ...intentRoutes(keeper, scheduling, clock),
        ...schedulingRoutes(scheduling, waiting),
        ...metricRoutes(exporter, clock),
        ...processRoutes({ nodeName, processes: scheduling, sets: keeper, clock }),
        ...capabilityRoutes({ nodeName, version, sets: keeper, table, host, clock }),
      ],
      [
        TOKENS.tokenService,
        TOKENS.intentKeeper,
        TOKENS.scheduling,
        TOKENS.waitingRequests,
        TOKENS.schedulerMetrics,
        TOKENS.processTable,
        TOKENS.hostFacts,
        TOKENS.clock,
      ],
    );
  container
    .bind(TOKENS.checks)
    .toResolvedValue(
      (scheduling, managerKeys, certificate) => [
        { name: 'processes', problem: () => scheduling.problem() },
        { name: 'manager keys', problem: () => managerKeys.problem() },
        ...(certificate === undefined ? [] : [{ name: 'certificate', problem: () => certificate.problem() }]),
      ],
      [TOKENS.scheduling, TOKENS.managerKeys, TOKENS.certificate],
    );
  container
    .bind(TOKENS.api)
    .toResolvedValue(
      (authenticator, routes, checks, registry, clock, logger) =>
        decisionMakerApi({ authenticator, routes, checks, version, registry, clock, logger }),
      [TOKENS.authenticator, TOKENS.routes, TOKENS.checks, TOKENS.registry, TOKENS.clock, TOKENS.logger],
    );
}

/** What the agent tells about itself on /metrics beside what its services count. */
export function registerMetrics(container: Container): void {
  const registry = container.get(TOKENS.registry);
  registerIntentMetrics(registry, container.get(TOKENS.intentKeeper), container.get(TOKENS.clock));
  registerProcessMetrics(registry, container.get(TOKENS.processTable));
}
