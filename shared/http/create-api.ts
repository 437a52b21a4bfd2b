import { randomUUID } from 'node:crypto';
import { OpenAPIHono, type z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { getPath } from 'hono/utils/url';
import { errorEnvelope } from '../contract/envelope.js';
import { DomainError, invalid, messageOf } from '../domain/domain-error.js';
import type { Clock } from '../lifecycle/clock.js';
import type { Logger } from '../observability/logger.js';
import { noSuchRoute } from './answers.js';
import { errorResponse } from './error-response.js';
import type { HttpMetrics } from './http-metrics.js';
import { DEFAULT_BODY_LIMIT_BYTES, decodeBody, faultsOf } from './request-body.js';
import type { Access, Caller, Route } from './route.js';

export interface ApiOptions<Principal> {
  readonly logger: Logger;
  readonly clock: Clock;
  readonly metrics: HttpMetrics;
  /** Who calls, or a refusal. Not asked on open routes. */
  readonly authorize: (access: Access, caller: Caller) => Promise<Principal>;
  /** Text of the answer to a body that is not what the route reads; the public programs differ in it. */
  readonly malformedText: string;
}

/** An application with one way in: every route is mounted with its access, its schemas and its handler. */
export interface Api<Principal> {
  readonly app: OpenAPIHono;
  mount(routes: readonly Route<Principal>[]): void;
}

/** What the adapter for Node puts beside a request. */
interface NodeBindings {
  readonly incoming?: { readonly socket?: { readonly remoteAddress?: string } };
}

const CLIENT_REQUEST_ID = /^[\w.:-]{1,128}$/;

/**
 * The application both programs build on. Order for each request: request id, access log and metrics, who calls
 * and whether they may, body, handler; whatever is thrown becomes an answer in one place.
 */
export function createApi<Principal>(options: ApiOptions<Principal>): Api<Principal> {
  const app = new OpenAPIHono({
    // A scheduler whose configured URL ends in a slash asks for //api/v1/... (contract 3.1).
    getPath: (request) => getPath(request).replace(/^\/{2,}/, '/'),
  });

  app.use(async (context, next) => {
    // Hono answers HEAD wherever there is a GET; the public API does not (contract 9.1).
    if (context.req.method === 'HEAD' && context.req.path.startsWith('/api/')) return noSuchRoute();
    await next();
    context.res.headers.set('x-content-type-options', 'nosniff');
    if (context.req.path.startsWith('/api/')) context.res.headers.set('cache-control', 'no-store');
    return undefined;
  });
  app.notFound(() => noSuchRoute());
  app.onError((error, context) => {
    const requestId = requestIdOf(context);
    options.logger.error({ requestId, err: error }, 'request failed outside a route');
    return errorResponse(error, requestId);
  });

  return {
    app,
    mount: (routes) => {
      for (const route of routes) {
        document(app, route);
        const path = route.definition.path.replaceAll(/\{(\w+)\}/g, ':$1');
        app.on(route.definition.method.toUpperCase(), path, (context) => serve(context, route, options));
      }
    },
  };
}

async function serve<Principal>(
  context: Context,
  route: Route<Principal>,
  options: ApiOptions<Principal>,
): Promise<Response> {
  const startedAtMs = options.clock.monotonicMs();
  const requestId = requestIdOf(context);
  let response: Response;
  let failure: unknown;
  try {
    response = await answer(context, route, options, requestId);
  } catch (error) {
    failure = error;
    response = errorResponse(error, requestId);
  }
  response.headers.set('x-request-id', requestId);
  const durationMs = options.clock.monotonicMs() - startedAtMs;
  const { method, path } = route.definition;
  options.metrics.observe(method, path, response.status, durationMs / 1_000);
  const fields = { method, path, status: response.status, durationMs: Math.round(durationMs), requestId };
  if (response.status === 500) options.logger.error({ ...fields, err: failure }, 'request failed');
  else if (response.status > 500)
    options.logger.warn({ ...fields, reason: messageOf(failure) }, 'request not served');
  else if (method === 'get') options.logger.debug(fields, 'request answered');
  else options.logger.info(fields, 'request answered');
  return response;
}

async function answer<Principal>(
  context: Context,
  { definition, handle }: Route<Principal>,
  options: ApiOptions<Principal>,
  requestId: string,
): Promise<Response> {
  const caller: Caller = {
    requestId,
    remoteAddress: (context.env as NodeBindings | undefined)?.incoming?.socket?.remoteAddress,
    header: (name) => context.req.header(name),
  };
  const principal =
    definition.access.kind === 'open'
      ? (undefined as Principal)
      : await options.authorize(definition.access, caller);
  const params = checked(definition.params, context.req.param());
  const query = checked(definition.query, context.req.query());
  const { body, unknownKeys } =
    definition.body === undefined
      ? { body: undefined, unknownKeys: [] }
      : await decodeBody(
          context.req.raw,
          definition.body,
          definition.bodyLimitBytes ?? DEFAULT_BODY_LIMIT_BYTES,
          options.malformedText,
        );
  return await handle({
    params,
    query,
    body,
    unknownKeys,
    principal,
    caller,
    get signal() {
      return context.req.raw.signal;
    },
  });
}

function checked(schema: z.ZodObject | undefined, values: unknown): unknown {
  if (schema === undefined) return {};
  const result = schema.safeParse(values);
  if (!result.success) throw invalid(faultsOf(result.error));
  return result.data;
}

function requestIdOf(context: Context): string {
  const sent = context.req.header('x-request-id');
  if (sent !== undefined && CLIENT_REQUEST_ID.test(sent)) return sent;
  const made = (context.get('requestId') as string | undefined) ?? randomUUID();
  context.set('requestId', made);
  return made;
}

/** Puts a route into the OpenAPI document, with what it asks for in `x-access`. */
function document<Principal>(app: OpenAPIHono, { definition }: Route<Principal>): void {
  const { access, params, query, body } = definition;
  const answers = Object.fromEntries(
    Object.entries(definition.answers).map(([status, { description, schema }]) => [
      status,
      schema === undefined ? { description } : { description, content: { 'application/json': { schema } } },
    ]),
  );
  app.openAPIRegistry.registerPath({
    method: definition.method,
    path: definition.path,
    summary: definition.summary,
    ...(definition.description === undefined ? {} : { description: definition.description }),
    tags: [definition.tag],
    security: access.kind === 'open' ? [] : [{ bearer: [] }],
    'x-access': access.kind === 'permission' ? access.key : access.kind,
    request: {
      ...(params === undefined ? {} : { params }),
      ...(query === undefined ? {} : { query }),
      ...(body === undefined
        ? {}
        : { body: { required: true, content: { 'application/json': { schema: body } } } }),
    },
    responses: {
      ...answers,
      default: {
        description: 'Refused or failed; `code` says why.',
        content: { 'application/json': { schema: errorEnvelope } },
      },
    },
  });
}

/** Raised by `authorize` functions for a route whose kind they do not know. */
export function unknownAccess(access: Access): DomainError {
  return new DomainError('internal', `no rule for routes of kind ${access.kind}`);
}
