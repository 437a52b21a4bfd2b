import { randomUUID } from 'node:crypto';
import { type Env, Hono } from 'hono';
import { wireTimestamp } from '../contract/envelope.js';
import type { Clock } from '../lifecycle/clock.js';
import type { Registry } from '../observability/metrics.js';
import { type ApiResponse, jsonResponse, methodNotAllowed, noSuchRoute, webResponse } from './answers.js';
import { errorResponse } from './error-response.js';

/** Whether a part can do its work, and why not. */
export interface ReadinessCheck {
  readonly name: string;
  /** Undefined = ready; otherwise what is missing. */
  readonly problem: () => string | undefined;
  /** What to know about it that does not keep it from its work. */
  readonly note?: () => string | undefined;
}

export interface MonitoringOptions {
  readonly clock: Clock;
  readonly registry: Registry;
  readonly checks: readonly ReadinessCheck[];
}

export interface OperationalOptions extends MonitoringOptions {
  /** The text of /version's `endpoints`. */
  readonly endpoints: string;
  readonly version: string;
}

/** The public programs' own words, which monitoring may look for (contract 1.3). */
const SERVICE_NAME = 'BSS Metrics API Server';

/** /health (the process answers), /ready (it can do its work) and /metrics: open, without an envelope. */
export function mountMonitoringRoutes(app: Hono<Env>, options: MonitoringOptions): void {
  const { clock, registry, checks } = options;
  mountGet(app, '/health', () =>
    jsonResponse(200, {
      status: 'healthy',
      timestamp: wireTimestamp(clock.now()),
      service: SERVICE_NAME,
    }),
  );
  mountGet(app, '/ready', () => {
    const results = checks.map(({ name, problem, note }) => ({
      name,
      problem: problem() ?? null,
      note: note?.(),
    }));
    const ready = results.every((check) => check.problem === null);
    return jsonResponse(ready ? 200 : 503, { ready, checks: results });
  });
  mountGet(app, '/metrics', async () => ({
    status: 200,
    headers: { 'content-type': registry.contentType },
    body: await registry.metrics(),
  }));
}

/** The monitoring routes and /version. */
export function mountOperationalRoutes(app: Hono<Env>, options: OperationalOptions): void {
  const { version, endpoints } = options;
  mountMonitoringRoutes(app, options);
  mountGet(app, '/version', () => jsonResponse(200, { message: SERVICE_NAME, version, endpoints }));
}

/** The monitoring routes alone, for a listener of their own. */
export function monitoringApp(options: MonitoringOptions): Hono<Env> {
  const app = new Hono<Env>();
  app.notFound(() => webResponse(noSuchRoute()));
  app.onError((error) => webResponse(errorResponse(error, randomUUID())));
  mountMonitoringRoutes(app, options);
  return app;
}

function mountGet(app: Hono<Env>, path: string, answer: () => ApiResponse | Promise<ApiResponse>): void {
  app.get(path, async () => webResponse(await answer()));
  app.all(path, () => webResponse(methodNotAllowed()));
}
