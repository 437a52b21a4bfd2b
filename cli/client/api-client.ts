import { DomainError, type ErrorCode, type Fault } from '../../shared/domain/domain-error.js';
import type { HttpAnswer, HttpClient, Method } from './http-client.js';
import { codeOfStatus, Refusal } from './refusal.js';

/** Where the tokens of a command come from. */
export interface TokenSource {
  /** A token that should be good. Rejects with `unauthenticated` when there is none. */
  current(): Promise<string>;
  /** Another one than that which the server refused; undefined when there is none to be had. */
  renewed(refused: string): Promise<string | undefined>;
}

export type Query = Readonly<Record<string, string | number | undefined>>;

export interface CallOptions {
  readonly query?: Query;
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The manager's API as one user: answers come without their envelope, refusals are rejections. */
export class ApiClient {
  readonly #http: HttpClient;
  readonly #tokens: TokenSource;
  readonly #userAgent: string;
  readonly #signal: AbortSignal;

  constructor(http: HttpClient, tokens: TokenSource, userAgent: string, signal: AbortSignal) {
    this.#http = http;
    this.#tokens = tokens;
    this.#userAgent = userAgent;
    this.#signal = signal;
  }

  get(path: string, query: Query = {}): Promise<unknown> {
    return this.call('GET', path, { query });
  }

  /** A token that the server ends before its time is replaced once, and the call made again: it was not carried out. */
  async call(method: Method, path: string, options: CallOptions = {}): Promise<unknown> {
    const token = await this.#tokens.current();
    const answer = await this.#send(method, path, options, token);
    if (answer.status !== 401) return dataOf(answer, this.#http.address.url);
    const renewed = await this.#tokens.renewed(token);
    if (renewed === undefined) return dataOf(answer, this.#http.address.url);
    return dataOf(await this.#send(method, path, options, renewed), this.#http.address.url);
  }

  /** A call that needs nobody to be signed in. */
  async callOpen(method: Method, path: string, options: CallOptions = {}): Promise<unknown> {
    return dataOf(await this.#send(method, path, options), this.#http.address.url);
  }

  /** Asks for a page that sends browsers on. Rejects with the server's reason when it does not. */
  async expectRedirect(path: string, query: Query): Promise<void> {
    const answer = await this.#send('GET', path, { query });
    if (answer.status !== 302) dataOf(answer, this.#http.address.url);
  }

  #send(method: Method, path: string, options: CallOptions, token?: string): Promise<HttpAnswer> {
    const { query = {}, body, headers = {} } = options;
    const request = {
      method,
      path: path + queryText(query),
      headers: {
        accept: 'application/json',
        'user-agent': this.#userAgent,
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    };
    return this.#http.send(request, this.#signal);
  }
}

function queryText(query: Query): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (value !== undefined) search.set(key, String(value));
  }
  return search.size === 0 ? '' : `?${search}`;
}

interface Envelope {
  readonly success?: unknown;
  readonly data?: unknown;
  readonly error?: unknown;
  readonly message?: unknown;
  readonly code?: unknown;
  readonly details?: unknown;
  readonly requestId?: unknown;
}

/** The `data` of a success; anything else is thrown. */
function dataOf(answer: HttpAnswer, url: string): unknown {
  const envelope = envelopeOf(answer.text);
  if (answer.status === 200 && envelope?.success === true) return envelope.data;
  if (envelope === undefined || answer.status < 400) throw notAManager(answer, url);
  const { error, message, code, details, data, requestId } = envelope;
  if (error === undefined && answer.status === 404) throw noSuchRoute(url);
  throw new Refusal(String(error ?? message ?? `status ${answer.status} without a reason`), {
    status: answer.status,
    code: isText(code) ? (code as ErrorCode) : codeOfStatus(answer.status),
    details: Array.isArray(details) ? (details as readonly Fault[]) : [],
    data: typeof data === 'object' && data !== null ? (data as Record<string, unknown>) : {},
    requestId: isText(requestId) ? requestId : answer.header('x-request-id'),
  });
}

/** What a manager says where it has no such route is not in its error envelope (contract 1.1). */
function noSuchRoute(url: string): Error {
  const message = `${url} does not know what it was asked for: it is older than this program, or no Podium manager`;
  return new DomainError('not_found', message);
}

function notAManager(answer: HttpAnswer, url: string): Error {
  const location = answer.header('location');
  const found =
    location === undefined
      ? `status ${answer.status}, ${answer.header('content-type') ?? 'no content type'}`
      : `status ${answer.status} and sent us on to ${location}`;
  const message = `${url} did not answer as a Podium manager does (${found}): is the address right?`;
  const code = answer.status >= 400 ? codeOfStatus(answer.status) : 'unavailable';
  return new DomainError(code, message);
}

function envelopeOf(text: string): Envelope | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Envelope) : undefined;
  } catch {
    return undefined;
  }
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}
