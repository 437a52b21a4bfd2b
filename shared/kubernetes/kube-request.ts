import type { Dispatcher } from 'undici';

/** One request to a Kubernetes API server. */
export interface KubeRequest {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Path and query, such as `/api/v1/pods?limit=500`. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal: AbortSignal;
}

/**
 * Sends a request with whatever a kubeconfig says about address, trust and credentials. Resolves with any HTTP
 * status; rejects only when there is no answer. The body must be read or dumped.
 */
export type SendKubeRequest = (request: KubeRequest) => Promise<Dispatcher.ResponseData>;
