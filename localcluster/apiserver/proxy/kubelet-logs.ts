import type { IncomingMessage } from 'node:http';
import { type Agent, request as httpsRequest } from 'node:https';
import { ApiError } from '../errors/api-error.js';
import { badRequest, plainFailure } from '../errors/refusals.js';
import type { Node } from '../kinds/node/node.js';

export interface LogQuery {
  readonly node: Node;
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  readonly query: URLSearchParams;
  readonly signal: AbortSignal;
}

/** Fetches logs from kubelets. */
export interface KubeletLogs {
  /** Resolves when the kubelet begins to answer. Throws a refusal when it cannot be reached or refuses. */
  open(query: LogQuery): Promise<AsyncIterable<Uint8Array>>;
}

const DEFAULT_KUBELET_PORT = 10_250;
const ANSWER_TIMEOUT_MS = 10_000;
const MAX_ERROR_BYTES = 50_000;

/**
 * Fetches logs the way the real API server does: GET /containerLogs/NAMESPACE/POD/CONTAINER from the kubelet of
 * the pod's node, over TLS with the API server's client certificate, which the agent carries.
 */
export function kubeletLogs(agent: Agent): KubeletLogs {
  return {
    open: async (query) => {
      const response = await get(agent, logUrl(query), query.signal);
      if (response.statusCode === 200) return response;
      throw refusal(response.statusCode ?? 0, await firstText(response), query.pod);
    },
  };
}

function logUrl({ node, namespace, pod, container, query }: LogQuery): URL {
  const { addresses = [], daemonEndpoints } = node.status;
  const address = addresses.find(({ type }) => type === 'InternalIP')?.address;
  if (address === undefined) {
    throw plainFailure(`node ${node.metadata.name} has no address of type InternalIP in its status`);
  }
  const host = address.includes(':') ? `[${address}]` : address;
  const port = daemonEndpoints.kubeletEndpoint.Port || DEFAULT_KUBELET_PORT;
  const path = [namespace, pod, container].map(encodeURIComponent).join('/');
  const url = new URL(`https://${host}:${port}/containerLogs/${path}`);
  url.search = query.toString();
  return url;
}

function get(agent: Agent, url: URL, signal: AbortSignal): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const request = httpsRequest(url, { agent, signal }, (response) => {
      clearTimeout(timer);
      resolve(response);
    });
    const timer = setTimeout(
      () => request.destroy(new Error(`no answer within ${ANSWER_TIMEOUT_MS / 1000} s`)),
      ANSWER_TIMEOUT_MS,
    );
    request.on('error', (error) => {
      clearTimeout(timer);
      reject(plainFailure(`Get "${url.href}": ${error.message}`));
    });
    request.end();
  });
}

async function firstText(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > MAX_ERROR_BYTES) break;
  }
  return Buffer.concat(chunks).toString().slice(0, MAX_ERROR_BYTES);
}

/** A kubelet's refusal, as the real API server hands it on. */
function refusal(status: number, text: string, pod: string): ApiError {
  switch (status) {
    case 400:
      return badRequest(text);
    case 404:
      return new ApiError(
        404,
        'NotFound',
        `the server could not find the requested resource ( pods/log ${pod})`,
        { name: pod, kind: 'pods/log' },
      );
    default:
      return new ApiError(500, 'InternalError', `Internal error occurred: ${text}`, {
        causes: [{ message: text }],
      });
  }
}
