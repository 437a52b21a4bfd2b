import { Container } from 'inversify';
import { type DecisionMakerConfig, decisionMakerSchema } from '../../config/decisionmaker-config.js';
import { productVersion } from '../../shared/files/package-root.js';
import type { Component } from '../../shared/lifecycle/component.js';
import { type Logger, silentLogger } from '../../shared/observability/logger.js';
import { openApiDocument } from '../http/openapi-document.js';
import { bindApi, registerMetrics } from './modules/api.js';
import { bindPlatform, type Overrides } from './modules/platform.js';
import { bindServices } from './modules/services.js';
import { startOrder } from './start-order.js';
import { TOKENS } from './tokens.js';

export interface DecisionMaker {
  /** In the order in which they are started. Nothing is touched before. */
  readonly components: readonly Component[];
  readonly logger: Logger;
  openApiDocument(): object;
}

/** COMPOSITION ROOT of the agent: wires every part, and starts none. */
export function createDecisionMaker(config: DecisionMakerConfig, overrides: Overrides = {}): DecisionMaker {
  const container = new Container({ defaultScope: 'Singleton' });
  bindPlatform(container, config, overrides);
  bindServices(container, config);
  bindApi(container, config);
  registerMetrics(container);
  const api = container.get(TOKENS.api);
  return {
    components: startOrder(container, overrides.onListening),
    logger: container.get(TOKENS.logger),
    openApiDocument: () => openApiDocument(api, productVersion()),
  };
}

/** The OpenAPI document of the agent, without an agent. */
export function decisionMakerOpenApiDocument(): object {
  const config = decisionMakerSchema.parse({});
  return createDecisionMaker(config, { logger: silentLogger }).openApiDocument();
}
