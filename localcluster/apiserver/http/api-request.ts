import type { ResourceRequest } from './request-info.js';

/** A request on resources that has been let in. */
export interface ApiRequest {
  readonly info: ResourceRequest;
  readonly query: URLSearchParams;
  readonly accept: string;
  readonly contentType: string;
  readonly readBody: () => Promise<Buffer>;
  /** Aborts when the client goes away or the server stops. */
  readonly signal: AbortSignal;
}
