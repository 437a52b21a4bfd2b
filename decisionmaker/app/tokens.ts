import type { ServiceIdentifier } from 'inversify';
import type { DecisionMakerConfig } from '../../config/decisionmaker-config.js';
import type { Api } from '../../shared/http/create-api.js';
import type { ReadinessCheck } from '../../shared/http/operational-routes.js';
import type { Route } from '../../shared/http/route.js';
import type { Clock } from '../../shared/lifecycle/clock.js';
import type { Logger } from '../../shared/observability/logger.js';
import type { Registry } from '../../shared/observability/metrics.js';
import type { CertificateSource } from '../../shared/tls/certificate-source.js';
import type { ThreadEngine } from '../adapters/engine/thread-engine.js';
import type { ManagerKeysFile } from '../adapters/jwks/manager-keys-file.js';
import type { AgentKeyFile } from '../adapters/state/agent-key-file.js';
import type { Principal } from '../domain/principal.js';
import type { SelfChecker } from '../features/capabilities/self-checker.js';
import type { IntentKeeper } from '../features/intents/intent-keeper.js';
import type { ManagerSilence } from '../features/manager-contact/manager-silence.js';
import type { EventLoopDelay } from '../features/metrics/event-loop-delay.js';
import type { PodCountersExporter } from '../features/metrics/pod-counters-exporter.js';
import type { SchedulerMetricsExporter } from '../features/metrics/scheduler-metrics.js';
import type { NodeIntentKeeper } from '../features/node-intents/node-intent-keeper.js';
import type { RuntimeConfigService } from '../features/runtime-config/runtime-config-service.js';
import type { SchedulingService } from '../features/scheduling/scheduling-service.js';
import type { WaitingRequests } from '../features/scheduling/waiting-requests.js';
import type { TokenService } from '../features/tokens/token-service.js';
import type { Authenticator } from '../http/authenticator.js';
import type { HostFacts } from '../ports/host-facts.js';
import type { IntentSetStore } from '../ports/intent-set-store.js';
import type { ManagerWordStore } from '../ports/manager-contact.js';
import type { NodeIntentStore } from '../ports/node-intent-store.js';
import type { ProcessFacts } from '../ports/process-table.js';
import type { SchedulerDaemon } from '../ports/scheduler-daemon.js';
import type { TaskCounterSource } from '../ports/task-counters.js';
import type { MachineId } from './machine-id.js';

function token<Service>(name: string): ServiceIdentifier<Service> {
  return Symbol(name);
}

/** One identifier for each part, typed, so that wiring the wrong part is a compile error. */
export const TOKENS = {
  config: token<DecisionMakerConfig>('config'),
  clock: token<Clock>('clock'),
  logger: token<Logger>('logger'),
  registry: token<Registry>('registry'),
  machineId: token<MachineId>('machine id'),
  agentKey: token<AgentKeyFile>('agent key'),
  managerKeys: token<ManagerKeysFile>('manager keys'),
  intentSetStore: token<IntentSetStore>('intent set store'),
  nodeIntentStore: token<NodeIntentStore>('node intent store'),
  managerWordStore: token<ManagerWordStore>('manager word store'),
  schedulerDaemon: token<SchedulerDaemon>('scheduler daemon'),
  processTable: token<ProcessFacts>('process table'),
  engine: token<ThreadEngine>('decision engine'),
  hostFacts: token<HostFacts>('host facts'),
  managerSilence: token<ManagerSilence>('manager silence'),
  intentKeeper: token<IntentKeeper>('intent keeper'),
  nodeIntentKeeper: token<NodeIntentKeeper>('node intent keeper'),
  runtimeConfig: token<RuntimeConfigService>('runtime config'),
  scheduling: token<SchedulingService>('scheduling'),
  waitingRequests: token<WaitingRequests>('waiting requests'),
  tokenService: token<TokenService>('token service'),
  selfChecker: token<SelfChecker>('self-checker'),
  taskCounters: token<TaskCounterSource>('task counters'),
  podCounters: token<PodCountersExporter>('pod counters'),
  eventLoopDelay: token<EventLoopDelay>('event loop delay'),
  schedulerMetrics: token<SchedulerMetricsExporter>('scheduler metrics'),
  /** Undefined where mutual TLS is off. */
  certificate: token<CertificateSource | undefined>('certificate'),
  authenticator: token<Authenticator>('authenticator'),
  routes: token<readonly Route<Principal>[]>('routes'),
  checks: token<readonly ReadinessCheck[]>('readiness checks'),
  api: token<Api<Principal>>('api'),
} as const;
