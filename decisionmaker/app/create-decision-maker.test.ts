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
      'get /api/v1/capabilities: capabilities.read',
      'get /api/v1/intents/merkle: intents.read',
      'get /api/v1/pods/pids: processes.read',
      'get /api/v1/scheduling/strategies: scheduling.read',
      'post /api/v1/auth/token: open',
      'post /api/v1/intents: intents.write',
      'post /api/v1/metrics: metrics.send',
    ]);
  });

  it('is the same each time', () => {
    expect(JSON.stringify(decisionMakerOpenApiDocument())).toBe(
      JSON.stringify(decisionMakerOpenApiDocument()),
    );
  });
});
