import 'reflect-metadata';
import type { OpenAPIHono } from '@hono/zod-openapi';
import { Container } from 'inversify';
import type { ManagerConfig } from '../../config/manager-config.js';
import { DomainError } from '../../shared/domain/domain-error.js';
import { prepareStateFolder } from '../../shared/files/state-folder.js';
import { parseListenAddress } from '../../shared/http/listen-address.js';
import { httpServer } from '../../shared/http/serve.js';
import type { Component } from '../../shared/lifecycle/component.js';
import type { Program } from '../../shared/program/run-program.js';
import { bindAccounts } from './modules/accounts.js';
import { bindAudit } from './modules/audit.js';
import { bindCluster } from './modules/cluster.js';
import { bindHttp } from './modules/http.js';
import { bindKeys } from './modules/keys.js';
import { bindNodePolicies } from './modules/node-policies.js';
import { bindOidc } from './modules/oidc.js';
import { bindPlatform } from './modules/platform.js';
import { bindReconcile } from './modules/reconcile.js';
import { bindScheduling } from './modules/scheduling.js';
import { bindSignIn } from './modules/sign-in.js';
import { bindStores } from './modules/stores.js';
import { lateRounds, refusalCounts, signInRounds, signingKeyRounds } from './rounds.js';
import { openSigningKeys } from './signing-keys.js';
import { TOKENS } from './tokens.js';

const MODULES = [
  bindPlatform,
  bindStores,
  bindCluster,
  bindReconcile,
  bindAudit,
  // Before the accounts: /users/self is no user's id.
  bindSignIn,
  bindAccounts,
  bindScheduling,
  bindNodePolicies,
  bindKeys,
  bindOidc,
  bindHttp,
];

export interface Manager extends Program {
  /** Everything it answers; usable without its own listener. */
  readonly api: OpenAPIHono;
}

/**
 * The composition root: the only place that knows which implementation is used. Rejects on bad keys or folders.
 *
 * @param override Binds other implementations over ours, for tests.
 */
export async function createManager(
  config: ManagerConfig,
  override: (container: Container) => void = () => {},
): Promise<Manager> {
  await prepareStateFolder(config.state.dir);
  const container = new Container();
  container.bind(TOKENS.config).toConstantValue(config);
  for (const bind of MODULES) bind(container, config);
  override(container);
  const keys = await openSigningKeys(config, container.get(TOKENS.clock));
  container.bind(TOKENS.signingKeys).toConstantValue(keys);
  const api = container.get(TOKENS.api);
  return { logger: container.get(TOKENS.logger), components: startOrder(container, config), api };
}

/**
 * Certificates for the agents and for callers → store → audit → accounts → epoch → listen → watch → deliveries → loop →
 * sweep; stopped the other way round. Connections to agents close last: requests that are being answered may still
 * need them.
 */
function startOrder(container: Container, config: ManagerConfig): Component[] {
  const address = parseListenAddress(config.server.host);
  if (address === undefined)
    throw new DomainError('invalid', `server.host: ${config.server.host} is no address`);
  const logger = container.get(TOKENS.logger);
  const fleet = container.get(TOKENS.fleet);
  const api = container.get(TOKENS.api);
  const store = container.get(TOKENS.storeAccess);
  const agentCertificate = container.get(TOKENS.agentCertificate);
  const certificate = container.get(TOKENS.listenerCertificate);
  return [
    closing('identity provider connections', async () => container.get(TOKENS.identityProvider)?.close()),
    closing('decision maker connections', () => container.get(TOKENS.decisionMaker).close()),
    ...(agentCertificate === undefined ? [] : [agentCertificate]),
    ...(certificate === undefined ? [] : [certificate]),
    store.opened,
    container.get(TOKENS.chainedAuditTrail),
    refusalCounts(container),
    ...store.whenThere([
      container.get(TOKENS.seedRoles),
      container.get(TOKENS.firstAdmin),
      container.get(TOKENS.epochKeeper),
      wakingTheLoop(container),
    ]),
    signInRounds(container),
    signingKeyRounds(container),
    httpServer({
      name: 'http',
      address,
      fetch: (request, env) => api.fetch(request, env as never),
      ...(certificate === undefined ? {} : { certificate }),
      onListening: (port) => logger.info({ port }, 'listening'),
    }),
    closing('kubernetes connection', () => container.get(TOKENS.kubernetes).close()),
    container.get(TOKENS.cluster),
    fleet,
    container.get(TOKENS.reconciler),
    ...lateRounds(container, config),
  ];
}

/** Where the store came late, plans were made that nobody was allowed to send before the epoch was claimed. */
function wakingTheLoop(container: Container): Component {
  return {
    name: 'first pass',
    start: async () => container.get(TOKENS.wakeUp).request(),
    stop: async () => {},
  };
}

/** Something that needs no start and is closed after everything that uses it has stopped. */
function closing(name: string, close: () => Promise<void>): Component {
  return { name, start: async () => {}, stop: close };
}
