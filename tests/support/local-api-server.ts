import { request as httpsRequest } from 'node:https';
import { type ApiServerOptions, apiServer } from '../../localcluster/apiserver/app.js';
import { parseTokens } from '../../localcluster/apiserver/http/token-file.js';
import { createCertificateAuthority } from '../../localcluster/pki/certificate-authority.js';
import { issueServerCertificate } from '../../localcluster/pki/issue-certificate.js';
import { runComponents } from '../../shared/lifecycle/run-components.js';
import { silentLogger } from '../../shared/observability/logger.js';
import type { AnswerBody } from './answer-body.js';

/** The bearer tokens of the test server, by user. */
export const TOKENS = { admin: 'admin-token', reader: 'reader-token' } as const;

export interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly text: string;
  /** The text, read as JSON; of a text that is none there is nothing in it. */
  readonly json: AnswerBody;
}

export interface RequestOptions {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Undefined = admin; null = none. */
  readonly token?: string | null;
}

export interface LocalApiServer {
  readonly url: string;
  readonly port: number;
  readonly caPem: string;
  request(method: string, path: string, options?: RequestOptions): Promise<Answered>;
  stop(): Promise<void>;
}

/** Starts the local API server in this process, on a free port, with a certificate of its own. */
export async function startLocalApiServer(
  overrides: Partial<ApiServerOptions> = {},
): Promise<LocalApiServer> {
  const authority = await createCertificateAuthority('test');
  const serving = await issueServerCertificate(authority, {
    commonName: 'apiserver',
    dnsNames: ['localhost'],
    ipAddresses: ['127.0.0.1'],
  });
  const end = new AbortController();
  let run: Promise<void> = Promise.resolve();
  const port = await new Promise<number>((resolve, reject) => {
    const components = apiServer({
      bindAddress: '127.0.0.1',
      port: 0,
      ...serving,
      clientCaPem: authority.certificatePem,
      tokens: parseTokens(
        `${TOKENS.admin},admin,1,"system:masters"\n${TOKENS.reader},reader,2,"podium:read-only"\n`,
        'tokens',
      ),
      kubeletClient: {},
      dataFile: undefined,
      restored: [],
      watchHistoryEvents: 1_000,
      logger: silentLogger,
      onListening: resolve,
      ...overrides,
    });
    run = runComponents(components, end.signal, { stopTimeoutMs: 5_000 });
    run.catch(reject);
  });
  const caPem = authority.certificatePem;
  return {
    url: `https://127.0.0.1:${port}`,
    port,
    caPem,
    request: (method, path, options = {}) => send({ port, caPem }, method, path, options),
    stop: async () => {
      end.abort();
      await run;
    },
  };
}

function send(
  { port, caPem }: { readonly port: number; readonly caPem: string },
  method: string,
  path: string,
  { body, headers = {}, token = TOKENS.admin }: RequestOptions,
): Promise<Answered> {
  const content = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
  return new Promise((resolve, reject) => {
    const request = httpsRequest(
      {
        host: '127.0.0.1',
        port,
        path,
        method,
        ca: caPem,
        servername: 'localhost',
        agent: false,
        headers: {
          ...(token === null ? {} : { authorization: `Bearer ${token}` }),
          ...(content === undefined
            ? {}
            : { 'content-type': 'application/json', ...length(content, headers) }),
          ...headers,
        },
      },
      async (response) => {
        let text = '';
        for await (const chunk of response) text += chunk;
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text, json: parsed(text) });
      },
    );
    request.on('error', reject);
    request.end(content);
  });
}

/** Node sets a length by itself only for some methods. */
function length(content: string, headers: Readonly<Record<string, string>>) {
  return headers['transfer-encoding'] === undefined ? { 'content-length': Buffer.byteLength(content) } : {};
}

function parsed(text: string): AnswerBody {
  try {
    return JSON.parse(text);
  } catch {
    return {} as AnswerBody;
  }
}
