import { randomUUID } from 'node:crypto';
import { OpenAPIHono, type z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { getPath } from 'hono/utils/url';
import { DomainError, invalid, messageOf } from '../domain/domain-error.js';
import type { Clock } from '../lifecycle/clock.js';
import type { Logger } from '../observability/logger.js';
import { type ApiResponse, noSuchRoute, webResponse } from './answers.js';
import type { ClientAddress } from './client-address.js';
import { documentedRefusals, refusal } from './documented-refusals.js';
import { errorResponse } from './error-response.js';
import type { HttpMetrics } from './http-metrics.js';
import { DEFAULT_BODY_LIMIT_BYTES, decodeBody, faultsOf } from './request-body.js';
import type { Access, Call, Caller, Route } from './route.js';

export interface ApiOptions<Principal> {
  readonly logger: Logger;
  readonly clock: Clock;
  readonly metrics: HttpMetrics;
  /**
   * Who calls, or a refusal. Not asked on open routes.
   *
   * @param identified Told who it is as soon as that is known, also when they may not call the route.
   */
  readonly authorize: (
    access: Access,
    caller: Caller,
    identified: (principal: Principal) => void,
  ) => Promise<Principal>;
  /** Told of everything that somebody who is known may not; nobody waits for it. */
  readonly onRefused?: (refusal: Refusal<Principal>) => void;
  /**
   * Where a request really comes from, when others may pass it on (client-address.ts). The peer itself unless given.
   */
  readonly clientAddress?: ClientAddress;
  /** Text of the answer to a body that is not what the route reads; the public programs differ in it. */
  readonly malformedText: string;
}

/** Somebody who is known asked for what they may not. */
export interface Refusal<Principal> {
  readonly principal: Principal;
  readonly definition: Pick<Route<Principal>['definition'], 'method' | 'path' | 'access'>;
  readonly reason: string;
}

/** An application with one way in: every route is mounted with its access, its schemas and its handler. */
export interface Api<Principal> {
  readonly app: OpenAPIHono;
  mount(routes: readonly Route<Principal>[]): void;
}

/** What our listeners put beside a request (serve.ts). */
export interface ListenerBindings {
  /** As `Caller.remoteAddress`. */
  readonly remoteAddress: string | undefined;
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
    await next();
    // Answers of routes and refusals have it already; touching their headers again would cost more than it is.
    if (!context.req.path.startsWith('/api/')) context.res.headers.set('x-content-type-options', 'nosniff');
  });
  app.notFound(() => webResponse(noSuchRoute()));
  app.onError((error, context) => {
    const requestId = requestIdOf(context);
    options.logger.error({ requestId, err: error }, 'request failed outside a route');
    return webResponse(errorResponse(error, requestId));
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
  // Hono answers HEAD wherever there is a GET; the public API does not (contract 9.1).
  if (context.req.method === 'HEAD') return webResponse(noSuchRoute());
  const time = new WorkTime(options.clock);
  const requestId = requestIdOf(context);
  let response: ApiResponse;
  let failure: unknown;
  let principal: Principal | undefined;
  const identified = (known: Principal) => {
    principal = known;
  };
  try {
    response = await answer(context, route, options, { requestId, time, identified });
  } catch (error) {
    failure = error;
    response = errorResponse(error, requestId);
    const reason = whyForbidden(error);
    if (principal !== undefined && reason !== undefined) {
      options.onRefused?.({ principal, definition: route.definition, reason });
    }
  }
  const durationMs = time.workedMs();
  const { method, path, routine } = route.definition;
  options.metrics.observe(method, path, response.status, durationMs / 1_000);
  const fields = { method, path, status: response.status, durationMs: Math.round(durationMs), requestId };
  if (response.status === 500) options.logger.error({ ...fields, err: failure }, 'request failed');
  else if (response.status > 500)
    options.logger.warn({ ...fields, reason: messageOf(failure) }, 'request not served');
  else {
    const told = { ...fields, ...refusalOf(failure) };
    const isExpected = method === 'get' || (routine === true && response.status < 400);
    if (isExpected) options.logger.debug(told, 'request answered');
    else options.logger.info(told, 'request answered');
  }
  const headers = { 'cache-control': 'no-store', ...response.headers, 'x-request-id': requestId };
  return webResponse({ ...response, headers });
}

const LONGEST_REASON = 300;

/** Why a request was refused. What is malformed is told by its code alone: such reasons quote what was sent. */
function refusalOf(failure: unknown): { readonly code?: string; readonly reason?: string } {
  if (!(failure instanceof DomainError)) return {};
  const { code, message } = failure;
  return code === 'malformed' ? { code } : { code, reason: message.slice(0, LONGEST_REASON) };
}

/**
 * Why it is forbidden; undefined for every other failure. What a caller must not even know to exist is answered as not
 * found, with the refusal as the cause.
 */
function whyForbidden(error: unknown): string | undefined {
  if (!(error instanceof DomainError)) return undefined;
  return error.code === 'forbidden' ? error.message : whyForbidden(error.cause);
}

/** What is known of one request beside its route. */
interface Serving<Principal> {
  readonly requestId: string;
  readonly time: WorkTime;
  readonly identified: (principal: Principal) => void;
}

async function answer<Principal>(
  context: Context,
  { definition, handle }: Route<Principal>,
  options: ApiOptions<Principal>,
  { requestId, time, identified }: Serving<Principal>,
): Promise<ApiResponse> {
  const { clientAddress = (address: string | undefined) => address } = options;
  const peer = remoteAddressOf(context.env);
  const caller: Caller = {
    requestId,
    remoteAddress: clientAddress(peer, context.req.header('x-forwarded-for')),
    header: (name) => context.req.header(name),
  };
  const principal =
    definition.access.kind === 'open'
      ? (undefined as Principal)
      : await options.authorize(definition.access, caller, identified);
  const params = definition.params === undefined ? {} : checked(definition.params, context.req.param());
  const query = definition.query === undefined ? {} : checked(definition.query, context.req.query());
  const { body, unknownKeys } =
    definition.body === undefined
      ? { body: undefined, unknownKeys: [] }
      : await decodeBody(
          context.req.raw,
          definition.body,
          definition.bodyLimitBytes ?? DEFAULT_BODY_LIMIT_BYTES,
          options.malformedText,
        );
  return await handle(
    new RequestCall({ params, query, body, unknownKeys, principal, caller }, context, time),
  );
}

/**
 * One request as its handler sees it. A class, because an object written with a getter gets a shape of its own each
 * time, which costs more than all else that is done for a small answer.
 */
class RequestCall<Principal> implements Call<unknown, unknown, unknown, Principal> {
  readonly params: unknown;
  readonly query: unknown;
  readonly body: unknown;
  readonly unknownKeys: readonly string[];
  readonly principal: Principal;
  readonly caller: Caller;
  readonly #context: Context;
  readonly #time: WorkTime;

  constructor(
    checked: Omit<Call<unknown, unknown, unknown, Principal>, 'signal' | 'pause'>,
    context: Context,
    time: WorkTime,
  ) {
    this.params = checked.params;
    this.query = checked.query;
    this.body = checked.body;
    this.unknownKeys = checked.unknownKeys;
    this.principal = checked.principal;
    this.caller = checked.caller;
    this.#context = context;
    this.#time = time;
  }

  /** Made when it is asked for: few handlers do. */
  get signal(): AbortSignal {
    return this.#context.req.raw.signal;
  }

  pause(waiting: Promise<void>): Promise<void> {
    return this.#time.pause(waiting);
  }
}

/** How long a request has been worked on. */
class WorkTime {
  readonly #clock: Clock;
  readonly #startedAtMs: number;
  #pausedMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#startedAtMs = clock.monotonicMs();
  }

  async pause(waiting: Promise<void>): Promise<void> {
    const fromMs = this.#clock.monotonicMs();
    try {
      await waiting;
    } finally {
      this.#pausedMs += this.#clock.monotonicMs() - fromMs;
    }
  }

  workedMs(): number {
    return this.#clock.monotonicMs() - this.#startedAtMs - this.#pausedMs;
  }
}

/** A request that came by no listener of ours is nobody's on this machine. */
function remoteAddressOf(bindings: unknown): string | undefined {
  const known = typeof bindings === 'object' && bindings !== null && 'remoteAddress' in bindings;
  return known ? (bindings as ListenerBindings).remoteAddress : '';
}

function checked(schema: z.ZodObject, values: unknown): unknown {
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
  const { access, params, query, headers, body } = definition;
  const answers = Object.fromEntries(
    Object.entries(definition.answers).map(([status, { description, schema, headers }]) => [
      status,
      {
        description,
        ...(schema === undefined ? {} : { content: { 'application/json': { schema } } }),
        ...(headers === undefined ? {} : { headers }),
      },
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
      ...(headers === undefined ? {} : { headers }),
      ...(body === undefined
        ? {}
        : { body: { required: true, content: { 'application/json': { schema: body } } } }),
    },
    responses: {
      ...documentedRefusals(definition),
      ...answers,
      default: refusal('Refused or failed; `code` says why.'),
    },
  });
}

/** Raised by `authorize` functions for a route whose kind they do not know. */
export function unknownAccess(access: Access): DomainError {
  return new DomainError('internal', `no rule for routes of kind ${access.kind}`);
}
