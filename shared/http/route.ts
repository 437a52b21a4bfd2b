import type { z } from '@hono/zod-openapi';
import type { ErrorCode } from '../domain/domain-error.js';
import type { ApiResponse } from './answers.js';

/** Who may call a route. Every route says it; there is no default. */
export type Access =
  | { readonly kind: 'open' }
  /** Any signed-in caller; `beforePasswordChange` also one who must change the password first. */
  | { readonly kind: 'signed in'; readonly beforePasswordChange?: boolean }
  | { readonly kind: 'permission'; readonly key: string };

export const open: Access = { kind: 'open' };
export const signedIn: Access = { kind: 'signed in' };
export function requires(key: string): Access {
  return { kind: 'permission', key };
}

type NoFields = z.ZodObject<Record<never, never>>;

/** What one route takes, gives and asks for, as the code runs it and the OpenAPI document tells it. */
export interface RouteDefinition<
  Params extends z.ZodObject = NoFields,
  Query extends z.ZodObject = NoFields,
  Body extends z.ZodType = z.ZodUndefined,
> {
  readonly method: 'get' | 'post' | 'put' | 'delete';
  /** With `{name}` for parameters. */
  readonly path: string;
  readonly summary: string;
  readonly description?: string;
  readonly tag: string;
  readonly access: Access;
  readonly params?: Params;
  readonly query?: Query;
  /** For the document only: a handler reads headers by `caller.header`. */
  readonly headers?: z.ZodObject;
  /** Types only; rules about values belong to `domain/`, so that a wrong type is a 400 and a wrong value a 422. */
  readonly body?: Body;
  /** 64 KiB unless told otherwise (DESIGN 9). */
  readonly bodyLimitBytes?: number;
  /** Called again and again by a machine: its successes are told to the log at debug, as those of reading are. */
  readonly routine?: boolean;
  readonly answers: Readonly<Record<number, AnswerDefinition>>;
  /** For the document: refusals that do not follow from the access, the body and the parameters. */
  readonly refusals?: readonly ErrorCode[];
}

/** One kind of answer, for the document. */
export interface AnswerDefinition {
  readonly description: string;
  readonly schema?: z.ZodType;
  readonly headers?: z.ZodObject;
}

/** One request, checked, as a handler sees it. */
export interface Call<Params, Query, Body, Principal> {
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  /** Keys of the body that its schema does not know, by path. */
  readonly unknownKeys: readonly string[];
  /** Undefined only on open routes. */
  readonly principal: Principal;
  readonly caller: Caller;
  /** Aborts when the client goes away. */
  readonly signal: AbortSignal;
  /** Waits for something that is no work of the route's: the time does not count as the request's duration. */
  pause(waiting: Promise<void>): Promise<void>;
}

/** Where a request comes from, before anybody has looked at its token. */
export interface Caller {
  readonly requestId: string;
  /**
   * The peer's address, or the one that a trusted proxy names. Undefined on a Unix socket and nowhere else; empty where it cannot be told, as for a
   * connection that was reset since, so that nobody takes a stranger for a caller on this machine.
   */
  readonly remoteAddress: string | undefined;
  header(name: string): string | undefined;
}

/** A route with its handler, ready to be mounted. */
export interface Route<Principal> {
  readonly definition: RouteDefinition<z.ZodObject, z.ZodObject, z.ZodType>;
  // biome-ignore lint/suspicious/noExplicitAny: the three schemas tie the types together in route() below.
  readonly handle: (call: Call<any, any, any, Principal>) => Promise<ApiResponse> | ApiResponse;
}

/** Ties a handler to the types its definition's schemas produce. */
export function route<
  Principal,
  Params extends z.ZodObject = NoFields,
  Query extends z.ZodObject = NoFields,
  Body extends z.ZodType = z.ZodUndefined,
>(
  definition: RouteDefinition<Params, Query, Body>,
  handle: (
    call: Call<z.output<Params>, z.output<Query>, z.output<Body>, Principal>,
  ) => Promise<ApiResponse> | ApiResponse,
): Route<Principal> {
  return { definition: definition as unknown as Route<Principal>['definition'], handle };
}
