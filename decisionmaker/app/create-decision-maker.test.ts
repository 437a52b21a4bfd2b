import { describe, expect, it } from 'vitest';
import { decisionMakerOpenApiDocument } from './create-decision-maker.js';

describe('decisionMakerOpenApiDocument', () => {
  it('tells every route with who may call it, and starts nothing', () => {
    const document = decisionMakerOpenApiDocument() as {
      paths: Record<string, Record<string, { 'x-access': string }>>;
    };

    const routes = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, route]) => `${method} ${path}: ${route['x-access']}`),
    );
    expect(routes.toSorted()).toEqual([
      'delete /api/v1/intents: intents.write',
      'delete /api/v1/node-intents: node-intents.write',
      'get /api/v1/capabilities: capabilities.read',
      'get /api/v1/intents/merkle: intents.read',
      'get /api/v1/node-intents/merkle: node-intents.read',
      'get /api/v1/pods/pids: processes.read',
      'get /api/v1/runtime-config: runtime-config.read',
      'get /api/v1/scheduling/strategies: scheduling.read',
      'post /api/v1/auth/token: open',
      'post /api/v1/intents: intents.write',
      'post /api/v1/metrics: metrics.send',
      'post /api/v1/node-intents: node-intents.write',
      'post /api/v1/runtime-config: runtime-config.write',
    ]);
  });

  it('is the same each time', () => {
    expect(JSON.stringify(decisionMakerOpenApiDocument())).toBe(
      JSON.stringify(decisionMakerOpenApiDocument()),
    );
  });
});
