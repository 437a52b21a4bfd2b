import type { OpenAPIHono } from '@hono/zod-openapi';
import { wireTimestamp } from '../contract/envelope.js';
import type { Clock } from '../lifecycle/clock.js';
import type { Registry } from '../observability/metrics.js';
import { jsonResponse, methodNotAllowed } from './answers.js';

/** Whether a part can do its work, and why not. */
export interface ReadinessCheck {
  readonly name: string;
  /** Undefined = ready; otherwise what is missing. */
  readonly problem: () => string | undefined;
  /** What to know about it that does not keep it from its work. */
  readonly note?: () => string | undefined;
}

export interface OperationalOptions {
  readonly clock: Clock;
  readonly registry: Registry;
  readonly checks: readonly ReadinessCheck[];
  /** The text of /version's `endpoints`. */
  readonly endpoints: string;
  readonly version: string;
}

/** The public programs' own words, which monitoring may look for (contract 1.3). */
const SERVICE_NAME = 'BSS Metrics API Server';

/**
 * /health (the process answers), /ready (it can do its work), /version and /metrics: open, without an envelope.
 */
export function mountOperationalRoutes(app: OpenAPIHono, options: OperationalOptions): void {
  app.get('/health', () =>
    jsonResponse(200, {
      status: 'healthy',
      timestamp: wireTimestamp(options.clock.now()),
      service: SERVICE_NAME,
    }),
  );
  app.get('/ready', () => {
    const checks = options.checks.map(({ name, problem, note }) => ({
      name,
      problem: problem() ?? null,
      note: note?.(),
    }));
    const ready = checks.every((check) => check.problem === null);
    return jsonResponse(ready ? 200 : 503, { ready, checks });
  });
  app.get('/version', () =>
    jsonResponse(200, {
      message: SERVICE_NAME,
      version: options.version,
      endpoints: options.endpoints,
    }),
  );
  app.get('/metrics', async () => {
    const text = await options.registry.metrics();
    return new Response(text, { headers: { 'content-type': options.registry.contentType } });
  });
  for (const path of ['/health', '/ready', '/version', '/metrics']) app.all(path, () => methodNotAllowed());
}
