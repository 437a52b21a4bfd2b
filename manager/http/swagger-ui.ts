import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { OpenAPIHono } from '@hono/zod-openapi';

/**
 * The API's own documentation, without a request to anywhere else: the pages come from the package, the start
 * script from here, so that no inline script is needed.
 */
export function mountSwaggerUi(app: OpenAPIHono, openApiDocument: () => unknown): void {
  let document: string | undefined;
  app.get('/swagger', (context) => context.redirect('/swagger/index.html'));
  app.get('/swagger/', (context) => context.redirect('/swagger/index.html'));
  app.get('/swagger/index.html', () => page('text/html; charset=utf-8', INDEX));
  app.get('/swagger/init.js', () => page('text/javascript; charset=utf-8', INIT));
  app.get('/swagger/doc.json', () => {
    document ??= JSON.stringify(openApiDocument());
    return page('application/json', document);
  });
  for (const [name, type] of ASSETS) {
    app.get(`/swagger/${name}`, async () => page(type, await readFile(assetFile(name))));
  }
}

const ASSETS = [
  ['swagger-ui.css', 'text/css; charset=utf-8'],
  ['swagger-ui-bundle.js', 'text/javascript; charset=utf-8'],
  ['favicon-32x32.png', 'image/png'],
] as const;

function assetFile(name: string): string {
  return createRequire(import.meta.url).resolve(`swagger-ui-dist/${name}`);
}

const CONTENT_SECURITY_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; " +
  "connect-src 'self'; frame-ancestors 'none'; base-uri 'none'";

function page(type: string, content: string | Uint8Array): Response {
  return new Response(content, {
    headers: {
      'content-type': type,
      'content-security-policy': CONTENT_SECURITY_POLICY,
      'referrer-policy': 'no-referrer',
    },
  });
}

const INDEX = `<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <title>Podium API</title>
    <link rel="stylesheet" href="./swagger-ui.css">
    <link rel="icon" type="image/png" href="./favicon-32x32.png" sizes="32x32">
  </head>
  <body>
    <div id="swagger-ui"></div>
    <script src="./swagger-ui-bundle.js"></script>
    <script src="./init.js"></script>
  </body>
</html>
`;

const INIT = `const dark = matchMedia('(prefers-color-scheme: dark)');
const applyTheme = () => document.documentElement.classList.toggle('dark-mode', dark.matches);
dark.addEventListener('change', applyTheme);
applyTheme();

window.onload = () => {
  SwaggerUIBundle({
    url: './doc.json',
    dom_id: '#swagger-ui',
    deepLinking: true,
    persistAuthorization: false,
    validatorUrl: null,
  });
};
`;
