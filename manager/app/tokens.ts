import type { OpenAPIHono } from '@hono/zod-openapi';
import type { ServiceIdentifier } from 'inversify';
import type { ManagerConfig } from '../../config/manager-config.js';
import type { TokenIssuer } from '../../shared/auth/token-issuer.js';
import type { Route } from '../../shared/http/route.js';
import type { ReflectorMetrics } from '../../shared/kubernetes/reflector-metrics.js';
import type { Clock } from '../../shared/lifecycle/clock.js';
import type { Component } from '../../shared/lifecycle/component.js';
import type { WakeUp } from '../../shared/lifecycle/wake-up.js';
import type { Logger } from '../../shared/observability/logger.js';
import type { Registry } from '../../shared/observability/metrics.js';
import type { CertificateSource } from '../../shared/tls/certificate-source.js';
import type { AgentConnections } from '../adapters/decisionmaker/agent-connections.js';
import type { StatementRunner } from '../adapters/embedded/embedded-database.js';
import type { SigningKeyRing } from '../adapters/keys/signing-key-ring.js';
import type { KubernetesConnection } from '../adapters/kubernetes/kubernetes-connection.js';
import type { Migrator } from '../adapters/mongo/migrator.js';
import type { MongoConnection } from '../adapters/mongo/mongo-connection.js';
import type { Principal } from '../domain/principal.js';
import type { AuditMetrics } from '../features/audit/audit-metrics.js';
import type { AuditService } from '../features/audit/audit-service.js';
import type { ChainedAuditTrail } from '../features/audit/chained-audit-trail.js';
import type { RefusalRecorder } from '../features/audit/refusal-recorder.js';
import type { AuthMetrics } from '../features/auth/auth-metrics.js';
import type { AuthService } from '../features/auth/auth-service.js';
import type { ExternalUsers } from '../features/auth/external-users.js';
import type { FirstAdmin } from '../features/auth/first-admin.js';
import type { LoginThrottle } from '../features/auth/login-throttle.js';
import type { RefusedSignIns } from '../features/auth/refused-sign-ins.js';
import type { SessionService } from '../features/auth/session-service.js';
import type { UserTokens } from '../features/auth/user-tokens.js';
import type { KeptAnswers } from '../features/idempotency/kept-answers.js';
import type { ExclusionService } from '../features/intents/exclusion-service.js';
import type { IntentService } from '../features/intents/intent-service.js';
import type { KeyService } from '../features/keys/key-service.js';
import type { NodeIntentService } from '../features/node-policies/node-intent-service.js';
import type { NodePolicyService } from '../features/node-policies/node-policy-service.js';
import type { NodeService } from '../features/nodes/node-service.js';
import type { RoleHolders } from '../features/roles/role-holders.js';
import type { RoleService } from '../features/roles/role-service.js';
import type { SeedRoles } from '../features/roles/seed-roles.js';
import type { StrategyService } from '../features/strategies/strategy-service.js';
import type { OwnedWork } from '../features/users/owned-work.js';
import type { UserDeletion } from '../features/users/user-deletion.js';
import type { UserService } from '../features/users/user-service.js';
import type { Authenticator } from '../http/authenticate.js';
import type { AccountChanges } from '../ports/account-changes.js';
import type { AuditLog } from '../ports/audit-log.js';
import type { AuditTrail } from '../ports/audit-trail.js';
import type { ClusterView } from '../ports/cluster-view.js';
import type { DecisionMaker } from '../ports/decision-maker.js';
import type { EpochStore } from '../ports/epoch-store.js';
import type { ExclusionStore } from '../ports/exclusion-store.js';
import type { IdSource } from '../ports/id-source.js';
import type { IdempotencyStore } from '../ports/idempotency-store.js';
import type { IdentityProvider } from '../ports/identity-provider.js';
import type { NodePolicyStore } from '../ports/node-policy-store.js';
import type { PasswordHasher } from '../ports/password-hasher.js';
import type { RepeatedRequests } from '../ports/repeated-requests.js';
import type { RoleStore } from '../ports/role-store.js';
import type { SessionStore } from '../ports/session-store.js';
import type { Stores } from '../ports/stores.js';
import type { StrategyStore } from '../ports/strategy-store.js';
import type { UserStore } from '../ports/user-store.js';
import type { DeliveryMetrics } from '../reconcile/delivery-metrics.js';
import type { EpochKeeper } from '../reconcile/epoch-keeper.js';
import type { ExclusionKeeper } from '../reconcile/exclusion-keeper.js';
import type { NodeFleet } from '../reconcile/node-fleet.js';
import type { Reconciler } from '../reconcile/reconciler.js';

/** Something that holds connections until the manager ends. */
interface Closable {
  close(): Promise<void>;
}

/** How the manager comes to its store, whichever it is. */
export interface StoreAccess {
  /** Opened before everything that uses it, and closed after. */
  readonly opened: Component;
  /** Starts these, which need the store, when it is there. */
  readonly whenThere: (steps: readonly Component[]) => readonly Component[];
  /** Why the store cannot be used at the moment. */
  readonly problem: () => string | undefined;
}

function token<Service>(name: string): ServiceIdentifier<Service> {
  return Symbol(name);
}

/** Everything the manager is wired of, by what it is. */
export const TOKENS = {
  config: token<ManagerConfig>('config'),
  clock: token<Clock>('clock'),
  random: token<() => number>('random'),
  logger: token<Logger>('logger'),
  registry: token<Registry>('registry'),
  ids: token<IdSource>('ids'),
  signingKeys: token<SigningKeyRing>('signingKeys'),
  tokenIssuer: token<TokenIssuer>('tokenIssuer'),
  passwordHasher: token<PasswordHasher>('passwordHasher'),
  /** Undefined where none is configured. */
  identityProvider: token<(IdentityProvider & Closable) | undefined>('identityProvider'),

  databaseWorker: token<StatementRunner & Component>('databaseWorker'),
  mongoConnection: token<MongoConnection>('mongoConnection'),
  migrator: token<Migrator>('migrator'),
  storeAccess: token<StoreAccess>('storeAccess'),
  /** As they are, for rules that must see what other managers did this moment. */
  stores: token<Stores>('stores'),
  /** The same with a memory: each of them is bound below. */
  rememberedStores: token<Stores>('rememberedStores'),
  strategyStore: token<StrategyStore>('strategyStore'),
  userStore: token<UserStore>('userStore'),
  roleStore: token<RoleStore>('roleStore'),
  epochStore: token<EpochStore>('epochStore'),
  sessionStore: token<SessionStore>('sessionStore'),
  nodePolicyStore: token<NodePolicyStore>('nodePolicyStore'),
  exclusionStore: token<ExclusionStore>('exclusionStore'),
  idempotencyStore: token<IdempotencyStore>('idempotencyStore'),
  auditLog: token<AuditLog>('auditLog'),

  kubernetes: token<KubernetesConnection>('kubernetes'),
  reflectorMetrics: token<ReflectorMetrics>('reflectorMetrics'),
  cluster: token<ClusterView & Component>('cluster'),
  agentConnections: token<AgentConnections>('agentConnections'),
  /** Undefined where mutual TLS is off. */
  agentCertificate: token<Component | undefined>('agentCertificate'),
  decisionMaker: token<DecisionMaker & Closable>('decisionMaker'),

  deliveryMetrics: token<DeliveryMetrics>('deliveryMetrics'),
  wakeUp: token<WakeUp>('wakeUp'),
  epochKeeper: token<EpochKeeper>('epochKeeper'),
  fleet: token<NodeFleet>('fleet'),
  reconciler: token<Reconciler>('reconciler'),

  accountChanges: token<AccountChanges>('accountChanges'),
  seedRoles: token<SeedRoles>('seedRoles'),
  roleHolders: token<RoleHolders>('roleHolders'),
  roleService: token<RoleService>('roleService'),
  ownedWork: token<OwnedWork>('ownedWork'),
  userService: token<UserService>('userService'),
  userDeletion: token<UserDeletion>('userDeletion'),
  firstAdmin: token<FirstAdmin>('firstAdmin'),
  authMetrics: token<AuthMetrics>('authMetrics'),
  loginThrottle: token<LoginThrottle>('loginThrottle'),
  refusedSignIns: token<RefusedSignIns>('refusedSignIns'),
  userTokens: token<UserTokens>('userTokens'),
  sessionService: token<SessionService>('sessionService'),
  authService: token<AuthService>('authService'),
  strategyService: token<StrategyService>('strategyService'),
  keptAnswers: token<KeptAnswers>('keptAnswers'),
  repeatedRequests: token<RepeatedRequests>('repeatedRequests'),
  intentService: token<IntentService>('intentService'),
  exclusionService: token<ExclusionService>('exclusionService'),
  exclusionKeeper: token<ExclusionKeeper>('exclusionKeeper'),
  nodeService: token<NodeService>('nodeService'),
  externalUsers: token<ExternalUsers>('externalUsers'),
  nodePolicyService: token<NodePolicyService>('nodePolicyService'),
  nodeIntentService: token<NodeIntentService>('nodeIntentService'),
  keyService: token<KeyService>('keyService'),
  auditMetrics: token<AuditMetrics>('auditMetrics'),
  /** The same as `auditTrail`, with its start and stop. */
  chainedAuditTrail: token<ChainedAuditTrail>('chainedAuditTrail'),
  auditTrail: token<AuditTrail>('auditTrail'),
  auditService: token<AuditService>('auditService'),
  refusalRecorder: token<RefusalRecorder>('refusalRecorder'),
  authenticator: token<Authenticator>('authenticator'),
  /** Bound once by every feature. */
  routes: token<Route<Principal>[]>('routes'),
  /** Undefined where TLS is off. */
  listenerCertificate: token<CertificateSource | undefined>('listenerCertificate'),
  api: token<OpenAPIHono>('api'),
} as const;
