import type { Container } from 'inversify';
import type { DecisionMakerConfig } from '../../../config/decisionmaker-config.js';
import { MAX_INTENTS } from '../../../shared/contract/decision-maker-api.js';
import { SelfChecker } from '../../features/capabilities/self-checker.js';
import { IntentKeeper } from '../../features/intents/intent-keeper.js';
import { ManagerSilence } from '../../features/manager-contact/manager-silence.js';
import { EventLoopDelay } from '../../features/metrics/event-loop-delay.js';
import { PodCountersExporter } from '../../features/metrics/pod-counters-exporter.js';
import { SchedulerMetricsExporter } from '../../features/metrics/scheduler-metrics.js';
import { NodeIntentKeeper } from '../../features/node-intents/node-intent-keeper.js';
import { RuntimeConfigService } from '../../features/runtime-config/runtime-config-service.js';
import { ScanMetrics } from '../../features/scheduling/scan-metrics.js';
import { SchedulingService } from '../../features/scheduling/scheduling-service.js';
import { TokenService } from '../../features/tokens/token-service.js';
import { TOKENS } from '../tokens.js';

/** What the agent does, one service for each feature that has one. */
export function bindServices(container: Container, config: DecisionMakerConfig): void {
  const { clock, logger, registry } = TOKENS;
  const nodeName = config.node.name;
  const acceptsLegacy = config.auth.legacy_manager;
  const maxIntents = MAX_INTENTS;
  const maxAgeMs = config.state.max_age_sec * 1_000;
  container
    .bind(TOKENS.managerSilence)
    .toResolvedValue(
      (store, time, log) => new ManagerSilence({ maxAgeMs, store, clock: time, logger: log }),
      [TOKENS.managerWordStore, clock, logger],
    );
  container
    .bind(TOKENS.intentKeeper)
    .toResolvedValue(
      (store, contact, time, log) =>
        new IntentKeeper({ nodeName, maxIntents, acceptsLegacy, store, contact, clock: time, logger: log }),
      [TOKENS.intentSetStore, TOKENS.managerSilence, clock, logger],
    );
  container
    .bind(TOKENS.nodeIntentKeeper)
    .toResolvedValue(
      (store, contact, log) =>
        new NodeIntentKeeper({ nodeName, maxIntents, acceptsLegacy, store, contact, logger: log }),
      [TOKENS.nodeIntentStore, TOKENS.managerSilence, logger],
    );
  container
    .bind(TOKENS.runtimeConfig)
    .toResolvedValue(
      (daemon, log) => new RuntimeConfigService(daemon, log),
      [TOKENS.schedulerDaemon, logger],
    );
  container.bind(TOKENS.scheduling).toResolvedValue(
    (engine, sets, nodeIntents, metrics, time) =>
      new SchedulingService({
        engine,
        sets,
        nodeIntents,
        metrics: new ScanMetrics(metrics, time),
      }),
    [TOKENS.engine, TOKENS.intentKeeper, TOKENS.nodeIntentKeeper, registry, clock],
  );
  container.bind(TOKENS.processTable).toResolvedValue((scheduling) => scheduling, [TOKENS.scheduling]);
  container.bind(TOKENS.tokenService).toResolvedValue(
    (agentKey, time) =>
      new TokenService({
        agentKey,
        lifetimeSec: Math.round(config.token.token_duration_hr * 3_600),
        legacyManagers: acceptsLegacy,
        clock: time,
      }),
    [TOKENS.agentKey, clock],
  );
  container.bind(TOKENS.schedulerMetrics).toResolvedValue(
    (metrics, machineId, time) =>
      new SchedulerMetricsExporter(metrics, {
        machineId: () => machineId.text(),
        silenceMs: config.metrics.scheduler_silence_sec * 1_000,
        clock: time,
      }),
    [registry, TOKENS.machineId, clock],
  );
  container
    .bind(TOKENS.selfChecker)
    .toResolvedValue(
      (table, processes, host, time, log) =>
        new SelfChecker({ table, processes, host, clock: time, logger: log }),
      [TOKENS.processTable, TOKENS.scheduling, TOKENS.hostFacts, clock, logger],
    );
  container
    .bind(TOKENS.podCounters)
    .toResolvedValue(
      (metrics, sets, processes, source, time) =>
        new PodCountersExporter(metrics, { sets, processes, source, clock: time }),
      [registry, TOKENS.intentKeeper, TOKENS.scheduling, TOKENS.taskCounters, clock],
    );
  container
    .bind(TOKENS.eventLoopDelay)
    .toResolvedValue((metrics, time) => new EventLoopDelay(metrics, time), [registry, clock]);
}
