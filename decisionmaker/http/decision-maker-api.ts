import { type Api, createApi } from '../../shared/http/create-api.js';
import { HttpMetrics } from '../../shared/http/http-metrics.js';
import { mountOperationalRoutes, type ReadinessCheck } from '../../shared/http/operational-routes.js';
import type { Route } from '../../shared/http/route.js';
import type { Clock } from '../../shared/lifecycle/clock.js';
import type { Logger } from '../../shared/observability/logger.js';
import type { Registry } from '../../shared/observability/metrics.js';
import type { Principal } from '../domain/principal.js';
import type { Authenticator } from './authenticator.js';

export interface DecisionMakerApiOptions {
  readonly authenticator: Authenticator;
  readonly routes: readonly Route<Principal>[];
  readonly checks: readonly ReadinessCheck[];
  readonly version: string;
  readonly registry: Registry;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** The agent's whole HTTP interface. */
export function decisionMakerApi(options: DecisionMakerApiOptions): Api<Principal> {
  const { authenticator, routes, checks, version, registry, clock, logger } = options;
  const api = createApi<Principal>({
    logger,
    clock,
    metrics: new HttpMetrics(registry),
    authorize: (access, caller) => authenticator.authorize(access, caller),
    malformedText: 'Invalid request payload',
  });
  api.mount(routes);
  mountOperationalRoutes(api.app, { clock, registry, checks, version, endpoints: endpointsText(routes) });
  return api;
}

/** One line, in the form of the public program's /version. */
function endpointsText(routes: readonly Route<Principal>[]): string {
  const api = routes.map(({ definition }) => `${definition.method.toUpperCase()}_${definition.path}`);
  return ['/health', '/ready', '/version', '/metrics', ...api].join(', ');
}
