import type { RequestOptions } from 'node:https';
import { KubeConfig } from '@kubernetes/client-node';
import { Agent, type Dispatcher, ProxyAgent, request } from 'undici';
import { DomainError, messageOf } from '../../../shared/domain/domain-error.js';
import type { KubeRequest } from '../../../shared/kubernetes/kube-request.js';

export interface KubernetesSettings {
  /** A kubeconfig file; empty = $KUBECONFIG or the user's own. Not looked at in a cluster. */
  readonly kubeConfigPath: string;
  /** Use the pod's service account. */
  readonly inCluster: boolean;
}

type TlsOptions = Pick<RequestOptions, 'ca' | 'cert' | 'key' | 'servername' | 'rejectUnauthorized'>;

/**
 * Address, trust and credentials come from the client library's KubeConfig, which knows every kind of kubeconfig
 * and reads rotated tokens again; requests go over one pool of connections of ours. The library's own calls open
 * a new TLS connection each.
 */
export class KubernetesConnection {
  readonly #kubeConfig: KubeConfig;
  readonly #origin: string;
  #dispatcher: Dispatcher | undefined;
  #tls: TlsOptions = {};

  /** Throws `invalid` when there is no usable kubeconfig. */
  constructor(settings: KubernetesSettings) {
    this.#kubeConfig = loadKubeConfig(settings);
    const server = this.#kubeConfig.getCurrentCluster()?.server;
    if (server === undefined) {
      throw new DomainError('invalid', 'the kubeconfig has no current cluster: set current-context in it');
    }
    this.#origin = server.replace(/\/+$/, '');
  }

  async send({ method, path, headers, body, signal }: KubeRequest): Promise<Dispatcher.ResponseData> {
    // Asked for every request: the library reads service account tokens and exec plugins again when due.
    const options: RequestOptions = {};
    await this.#kubeConfig.applyToHTTPSOptions(options);
    return request(this.#origin + path, {
      method: method ?? 'GET',
      headers: { accept: 'application/json', ...headersOf(options), ...headers },
      ...(body === undefined ? {} : { body }),
      signal,
      dispatcher: this.#dispatcherFor(options),
    });
  }

  async close(): Promise<void> {
    await this.#dispatcher?.destroy();
    this.#dispatcher = undefined;
  }

  /** One pool as long as certificates stay the same; a new one when they were rotated. */
  #dispatcherFor({ ca, cert, key, servername, rejectUnauthorized }: RequestOptions): Dispatcher {
    const tls: TlsOptions = { ca, cert, key, servername, rejectUnauthorized };
    if (this.#dispatcher !== undefined && sameTls(this.#tls, tls)) return this.#dispatcher;
    // Watches of the old pool go on until they end; idle connections are closed.
    void this.#dispatcher?.close();
    this.#tls = tls;
    this.#dispatcher = makeDispatcher(tls, this.#kubeConfig.getCurrentCluster()?.proxyUrl);
    return this.#dispatcher;
  }
}

function loadKubeConfig({ kubeConfigPath, inCluster }: KubernetesSettings): KubeConfig {
  const kubeConfig = new KubeConfig();
  try {
    if (inCluster) kubeConfig.loadFromCluster();
    else if (kubeConfigPath !== '') kubeConfig.loadFromFile(kubeConfigPath);
    else kubeConfig.loadFromDefault();
  } catch (error) {
    const where = inCluster ? "the pod's service account" : `the kubeconfig ${kubeConfigPath}`;
    throw new DomainError(
      'invalid',
      `${where} cannot be read: ${messageOf(error)}; see k8s.kube_config_path`,
      {
        cause: error,
      },
    );
  }
  return kubeConfig;
}

function makeDispatcher(tls: TlsOptions, proxyUrl: string | undefined): Dispatcher {
  const connect = Object.fromEntries(Object.entries(tls).filter(([, value]) => value !== undefined));
  // A watch may be quiet for minutes; the reflector's own watchdog decides when it is dead.
  const timeouts = { headersTimeout: 60_000, bodyTimeout: 0 };
  if (proxyUrl === undefined) return new Agent({ ...timeouts, connect });
  if (proxyUrl.startsWith('socks')) {
    throw new DomainError(
      'invalid',
      `proxy-url ${proxyUrl} of the kubeconfig: only http and https are supported`,
    );
  }
  return new ProxyAgent({ ...timeouts, uri: proxyUrl, requestTls: connect });
}

function headersOf({ headers, auth }: RequestOptions): Record<string, string> {
  const basic = auth ? { authorization: `Basic ${Buffer.from(auth).toString('base64')}` } : {};
  return { ...basic, ...(headers as Record<string, string> | undefined) };
}

function sameTls(a: TlsOptions, b: TlsOptions): boolean {
  const text = ({ ca, cert, key, servername, rejectUnauthorized }: TlsOptions) =>
    JSON.stringify([String(ca), String(cert), String(key), servername, rejectUnauthorized]);
  return text(a) === text(b);
}
