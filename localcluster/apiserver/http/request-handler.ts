import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from '../../../shared/observability/logger.js';
import { ApiError } from '../errors/api-error.js';
import { methodNotAllowed, unauthorized } from '../errors/refusals.js';
import { type Answer, errorAnswer, NO_SUCH_PATH, plainAnswer, send } from './answer.js';
import { authenticate } from './authenticate.js';
import { authorize } from './authorize.js';
import type { DocumentRoutes } from './document-routes.js';
import { checkHost } from './host-check.js';
import { readBody } from './request-body.js';
import { requestInfo } from './request-info.js';
import { answerResourceRequest, type RouteContext } from './resource-routes.js';
import type { RunningRequests } from './running-requests.js';
import type { TokenLookup } from './token-file.js';

export interface HandlerOptions {
  readonly routes: RouteContext;
  readonly documents: DocumentRoutes;
  readonly tokens: TokenLookup;
  readonly bindAddress: string;
  readonly logger: Logger;
  readonly running: RunningRequests;
}

const HEALTH_PATHS = ['/healthz', '/livez', '/readyz'];
/** As the real API server's default roles have it, these tell anybody who asks. */
const OPEN_PATHS = [...HEALTH_PATHS, '/version'];

/** Answers one request, whatever happens. */
export async function handleRequest(
  options: HandlerOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const startedAt = performance.now();
  const signal = options.running.begin(response);
  const { method = '', url = '' } = request;
  try {
    await send(response, await answerRequest(options, request, signal));
  } catch (error) {
    if (!(error instanceof ApiError) && !signal.aborted) {
      options.logger.error({ err: error, method, url }, 'request failed');
    }
    await sendError(response, error);
  }
  const durationMs = Math.round(performance.now() - startedAt);
  options.logger.debug({ method, url, status: response.statusCode, durationMs }, 'request answered');
}

/** A stream that has begun can only be cut off. */
async function sendError(response: ServerResponse, error: unknown): Promise<void> {
  if (response.headersSent) response.destroy();
  else await send(response, errorAnswer(error));
}

async function answerRequest(
  options: HandlerOptions,
  request: IncomingMessage,
  signal: AbortSignal,
): Promise<Answer> {
  checkHost(request.headers, options.bindAddress);
  const { method = 'GET', headers, url = '/' } = request;
  const [path = '/', search = ''] = url.split(/\?(.*)/s);
  const query = new URLSearchParams(search);
  const info = requestInfo(method, path, query);
  const user = authenticate(request, options.tokens);
  if (user === undefined && !OPEN_PATHS.includes(path)) throw unauthorized();
  if (user !== undefined) authorize(user, info);
  if (info.type === 'path' || user === undefined) return answerPath(options, request, path);
  if (method === 'HEAD') throw methodNotAllowed();
  return answerResourceRequest(options.routes, {
    info,
    query,
    signal,
    accept: headers.accept ?? '',
    contentType: headers['content-type'] ?? '',
    readBody: () => readBody(request),
  });
}

function answerPath(
  { documents }: HandlerOptions,
  { method = 'GET', headers }: IncomingMessage,
  path: string,
): Answer {
  if (HEALTH_PATHS.includes(path)) return plainAnswer(200, 'ok');
  const { accept = '', 'if-none-match': etag = '' } = headers;
  const answer = documents.answer({ method, path, accept, etag });
  if (answer !== undefined) return answer;
  return NO_SUCH_PATH;
}
