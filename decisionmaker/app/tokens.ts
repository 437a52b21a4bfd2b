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
import type { IntentKeeper } from '../features/intents/intent-keeper.js';
import type { SchedulerMetricsExporter } from '../features/metrics/scheduler-metrics.js';
import type { SchedulingService } from '../features/scheduling/scheduling-service.js';
import type { WaitingRequests } from '../features/scheduling/waiting-requests.js';
import type { TokenService } from '../features/tokens/token-service.js';
import type { Authenticator } from '../http/authenticator.js';
import type { HostFacts } from '../ports/host-facts.js';
import type { IntentSetStore } from '../ports/intent-set-store.js';
import type { ProcessFacts } from '../ports/process-table.js';
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
  processTable: token<ProcessFacts>('process table'),
  engine: token<ThreadEngine>('decision engine'),
  hostFacts: token<HostFacts>('host facts'),
  intentKeeper: token<IntentKeeper>('intent keeper'),
  scheduling: token<SchedulingService>('scheduling'),
  waitingRequests: token<WaitingRequests>('waiting requests'),
  tokenService: token<TokenService>('token service'),
  schedulerMetrics: token<SchedulerMetricsExporter>('scheduler metrics'),
  /** Undefined where mutual TLS is off. */
  certificate: token<CertificateSource | undefined>('certificate'),
  authenticator: token<Authenticator>('authenticator'),
  routes: token<readonly Route<Principal>[]>('routes'),
  checks: token<readonly ReadinessCheck[]>('readiness checks'),
  api: token<Api<Principal>>('api'),
} as const;
