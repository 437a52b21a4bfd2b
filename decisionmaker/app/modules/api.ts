import type { Container } from 'inversify';
import type { DecisionMakerConfig } from '../../../config/decisionmaker-config.js';
import { productVersion } from '../../../shared/files/package-root.js';
import { capabilityRoutes } from '../../features/capabilities/capability-routes.js';
import { registerIntentMetrics } from '../../features/intents/intent-metrics.js';
import { intentRoutes } from '../../features/intents/intent-routes.js';
import { registerContactMetrics } from '../../features/manager-contact/contact-metrics.js';
import { countingAsWord } from '../../features/manager-contact/counting-as-word.js';
import { registerAgentMetrics } from '../../features/metrics/agent-metrics.js';
import { metricRoutes } from '../../features/metrics/metric-routes.js';
import { registerNodeIntentMetrics } from '../../features/node-intents/node-intent-metrics.js';
import { nodeIntentRoutes } from '../../features/node-intents/node-intent-routes.js';
import { registerProcessMetrics } from '../../features/processes/process-metrics.js';
import { processRoutes } from '../../features/processes/process-routes.js';
import { runtimeConfigRoutes } from '../../features/runtime-config/runtime-config-routes.js';
import { schedulingRoutes } from '../../features/scheduling/scheduling-routes.js';
import { WaitingRequests } from '../../features/scheduling/waiting-requests.js';
import { CallerNetworks } from '../../features/tokens/caller-networks.js';
import { tokenRoutes } from '../../features/tokens/token-routes.js';
import { Authenticator } from '../../http/authenticator.js';
import { decisionMakerApi } from '../../http/decision-maker-api.js';
import { agentCertificate } from '../agent-certificate.js';
import { TOKENS } from '../tokens.js';

/** The routes of every feature, and who may call them. */
export function bindApi(container: Container, config: DecisionMakerConfig): void {
  const nodeName = config.node.name;
  const version = productVersion();
  const { legacy_manager, legacy_manager_networks } = config.auth;
  const managerNetworks = new CallerNetworks(legacy_manager ? legacy_manager_networks : []);
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
  container.bind(TOKENS.routes).toResolvedValue(
    (
      tokens,
      contact,
      keeper,
      nodeKeeper,
      runtime,
      scheduling,
      waiting,
      exporter,
      table,
      host,
      selfChecker,
      clock,
    ) => [
      ...tokenRoutes({ service: tokens, managerNetworks, clock }),
      ...schedulingRoutes(scheduling, waiting),
      ...metricRoutes(exporter, clock),
      ...processRoutes({ nodeName, processes: scheduling, sets: { current: () => keeper.held() }, clock }),
      ...countingAsWord(contact, [
        ...intentRoutes(keeper, scheduling, clock),
        ...nodeIntentRoutes(nodeKeeper, scheduling, clock),
        ...runtimeConfigRoutes(runtime, clock),
      ]),
      ...capabilityRoutes({
        ...{ nodeName, version, sets: keeper, table, host, selfChecker, contact, clock },
        maxAgeSec: config.state.max_age_sec,
        acceptsLegacy: legacy_manager,
      }),
    ],
    [
      TOKENS.tokenService,
      TOKENS.managerSilence,
      TOKENS.intentKeeper,
      TOKENS.nodeIntentKeeper,
      TOKENS.runtimeConfig,
      TOKENS.scheduling,
      TOKENS.waitingRequests,
      TOKENS.schedulerMetrics,
      TOKENS.processTable,
      TOKENS.hostFacts,
      TOKENS.selfChecker,
      TOKENS.clock,
    ],
  );
  container
    .bind(TOKENS.checks)
    .toResolvedValue(
      (scheduling, managerKeys, selfChecker, certificate) => [
        { name: 'processes', problem: () => scheduling.problem() },
        { name: 'manager keys', problem: () => managerKeys.problem() },
        { name: 'self-check', problem: () => selfChecker.problem(), note: () => selfChecker.note() },
        ...(certificate === undefined ? [] : [{ name: 'certificate', problem: () => certificate.problem() }]),
      ],
      [TOKENS.scheduling, TOKENS.managerKeys, TOKENS.selfChecker, TOKENS.certificate],
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
  registerContactMetrics(registry, container.get(TOKENS.managerSilence));
  registerNodeIntentMetrics(registry, container.get(TOKENS.nodeIntentKeeper));
  registerProcessMetrics(registry, container.get(TOKENS.processTable));
  const clock = container.get(TOKENS.clock);
  registerAgentMetrics(registry, { version: productVersion(), host: container.get(TOKENS.hostFacts), clock });
}
