import type { OpenAPIHono } from '@hono/zod-openapi';
import { productVersion } from '../../shared/files/package-root.js';

/** The document of everything mounted on the application; the same live, in /swagger/ and in swagger/manager.json. */
export function openApiDocument(app: OpenAPIHono): unknown {
  app.openAPIRegistry.registerComponent('securitySchemes', 'bearer', {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description: 'The accessToken of POST /api/v1/auth/login',
  });
  return app.getOpenAPI31Document({
    openapi: '3.1.0',
    info: {
      title: 'Podium manager',
      version: productVersion(),
      description:
        'Scheduling strategies and where they stand. Keys of request bodies match ignoring case; ' +
        '`x-access` names the permission that a route asks for.',
    },
  });
}
