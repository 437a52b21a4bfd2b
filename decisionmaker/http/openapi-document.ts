import type { Api } from '../../shared/http/create-api.js';
import type { Principal } from '../domain/principal.js';

/** The OpenAPI 3.1 document of the agent's routes. */
export function openApiDocument(api: Api<Principal>, version: string): object {
  api.app.openAPIRegistry.registerComponent('securitySchemes', 'bearer', {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description:
      'A scheduler’s token from POST /api/v1/auth/token, or one that a manager signs for this node (RS256, ' +
      'issuer podium-manager, audience agent:NODE).',
  });
  return api.app.getOpenAPI31Document({
    openapi: '3.1.0',
    info: {
      title: 'Podium decision maker',
      version,
      description: 'The agent on each node: takes intents from a manager, tells the scheduler what to do.',
    },
    tags: [
      { name: 'scheduler', description: 'For the sched_ext scheduler on the same node.' },
      { name: 'manager', description: 'For managers.' },
    ],
  });
}
