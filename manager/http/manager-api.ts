import type { OpenAPIHono } from '@hono/zod-openapi';
import { productVersion } from '../../shared/files/package-root.js';
import type { ClientAddress } from '../../shared/http/client-address.js';
import { type ApiOptions, createApi, type Refusal } from '../../shared/http/create-api.js';
import { HttpMetrics } from '../../shared/http/http-metrics.js';
import { mountOperationalRoutes, type ReadinessCheck } from '../../shared/http/operational-routes.js';
import type { Route } from '../../shared/http/route.js';
import type { Clock } from '../../shared/lifecycle/clock.js';
import type { Logger } from '../../shared/observability/logger.js';
import type { Registry } from '../../shared/observability/metrics.js';
import type { Principal } from '../domain/principal.js';
import { openApiDocument } from './openapi-document.js';
import { mountSwaggerUi } from './swagger-ui.js';

export interface ManagerApiOptions {
  readonly routes: readonly Route<Principal>[];
  readonly authorize: ApiOptions<Principal>['authorize'];
  readonly onRefused: (refusal: Refusal<Principal>) => void;
  readonly clientAddress: ClientAddress;
  readonly checks: readonly ReadinessCheck[];
  readonly registry: Registry;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Says that browsers may come back over https only; 0 = says nothing. */
  readonly hstsMaxAgeSec: number;
}

/** Everything the manager answers on its port. */
export function managerApi(options: ManagerApiOptions): OpenAPIHono {
  const { clock, logger, registry, authorize, onRefused, clientAddress, checks, routes } = options;
  const metrics = new HttpMetrics(registry);
  const { app, mount } = createApi({
    clock,
    logger,
    metrics,
    authorize,
    clientAddress,
    onRefused,
    malformedText: 'Invalid request body',
  });
  if (options.hstsMaxAgeSec > 0) tellBrowsersToStay(app, options.hstsMaxAgeSec);
  const endpoints = routes
    .map(({ definition }) => `${definition.path} (${definition.method.toUpperCase()})`)
    .join(', ');
  mountOperationalRoutes(app, { clock, registry, checks, endpoints, version: productVersion() });
  mount(routes);
  const documentOnce = once(() => openApiDocument(app));
  mountSwaggerUi(app, documentOnce);
  app.get('/', (context) => context.redirect('/swagger/index.html'));
  return app;
}

/** RFC 6797. */
function tellBrowsersToStay(app: OpenAPIHono, maxAgeSec: number): void {
  app.use(async (context, next) => {
    await next();
    context.res.headers.set('strict-transport-security', `max-age=${maxAgeSec}`);
  });
}

function once<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
