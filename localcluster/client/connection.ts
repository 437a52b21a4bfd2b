import { readFile } from 'node:fs/promises';
import { Agent } from 'undici';
import type { SendKubeRequest } from '../../shared/kubernetes/kube-request.js';
import type { Component } from '../../shared/lifecycle/component.js';
import type { ClusterAccess } from './cluster-access.js';
import { defined } from './defined.js';

export interface Connection {
  readonly send: SendKubeRequest;
  /** Breaks off what is still under way. */
  close(): Promise<void>;
}

/** Closes the connection when everything that uses it has stopped: it goes first in the order of starts. */
export function connectionComponent(connection: Connection): Component {
  return { name: 'connection', start: async () => {}, stop: () => connection.close() };
}

/** Requests under way at once, watches included; more wait for their turn. */
const MAX_CONNECTIONS = 64;
const CONNECT_TIMEOUT_MS = 10_000;
/** Longest wait for the headers of an answer. A watch sends them at once; its body may take for ever. */
const HEADERS_TIMEOUT_MS = 60_000;
/** As client-go does it, because a projected token file is replaced long before its token expires. */
const TOKEN_REREAD_MS = 60_000;

/** One pool of kept connections to an API server, with the trust and credentials of its kubeconfig. */
export function connect(access: ClusterAccess): Connection {
  const { origin, pathname } = new URL(access.server);
  const prefix = pathname === '/' ? '' : pathname;
  const token = tokenSource(access);
  const agent = new Agent({
    connections: MAX_CONNECTIONS,
    headersTimeout: HEADERS_TIMEOUT_MS,
    bodyTimeout: 0,
    connect: {
      timeout: CONNECT_TIMEOUT_MS,
      rejectUnauthorized: !access.insecureSkipTlsVerify,
      ...defined({
        ca: access.certificateAuthority,
        cert: access.clientCertificate,
        key: access.clientKey,
        servername: access.tlsServerName,
      }),
    },
  });
  return {
    send: async ({ method = 'GET', path, headers, body, signal }) => {
      const bearer = await token();
      return agent.request({
        origin,
        method,
        path: prefix + path,
        headers: {
          accept: 'application/json',
          ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
          ...headers,
        },
        body: body ?? null,
        signal,
      });
    },
    close: () => agent.destroy(),
  };
}

function tokenSource({ token, tokenFile }: ClusterAccess): () => Promise<string | undefined> {
  if (tokenFile === undefined) return async () => token;
  let current = '';
  let readAtMs = Number.NEGATIVE_INFINITY;
  return async () => {
    if (performance.now() - readAtMs < TOKEN_REREAD_MS) return current;
    current = (await readFile(tokenFile, 'utf8')).trim();
    readAtMs = performance.now();
    return current;
  };
}
