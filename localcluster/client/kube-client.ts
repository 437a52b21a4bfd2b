import { expectSuccess } from '../../shared/kubernetes/kube-error.js';
import type { KubeRequest, SendKubeRequest } from '../../shared/kubernetes/kube-request.js';
import { withinTime } from '../../shared/lifecycle/within-time.js';

/** How a patch is to be read (Kubernetes API concepts, "Updates to existing resources"). */
export type PatchKind = 'strategic' | 'merge' | 'json';

const PATCH_TYPES = {
  strategic: 'application/strategic-merge-patch+json',
  merge: 'application/merge-patch+json',
  json: 'application/json-patch+json',
} as const satisfies Record<PatchKind, string>;

export interface DeleteOptions {
  readonly gracePeriodSeconds?: number;
  /** Refused with 409 when the object has been made anew under its name. */
  readonly uid?: string;
}

/** Longest time for one request and its answer. */
const REQUEST_TIMEOUT_MS = 10_000;

/**
 * The plain verbs on single objects. Every call rejects with a KubeError when the server refuses and with the
 * transport's error when there is no answer within ten seconds; nothing is tried again here.
 */
export class KubeClient {
  readonly #send: SendKubeRequest;

  constructor(send: SendKubeRequest) {
    this.#send = send;
  }

  get<Answer>(path: string, signal: AbortSignal): Promise<Answer> {
    return this.#call({ path, signal });
  }

  create<Answer>(path: string, object: object, signal: AbortSignal): Promise<Answer> {
    return this.#call({ method: 'POST', path, signal, ...jsonBody(object, 'application/json') });
  }

  patch<Answer>(path: string, kind: PatchKind, patch: object, signal: AbortSignal): Promise<Answer> {
    return this.#call({ method: 'PATCH', path, signal, ...jsonBody(patch, PATCH_TYPES[kind]) });
  }

  delete(path: string, options: DeleteOptions, signal: AbortSignal): Promise<unknown> {
    const { uid, gracePeriodSeconds } = options;
    const body = {
      apiVersion: 'v1',
      kind: 'DeleteOptions',
      ...(gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds }),
      ...(uid === undefined ? {} : { preconditions: { uid } }),
    };
    return this.#call({ method: 'DELETE', path, signal, ...jsonBody(body, 'application/json') });
  }

  async #call<Answer>(request: KubeRequest): Promise<Answer> {
    return withinTime(REQUEST_TIMEOUT_MS, request.signal, async (signal) => {
      const response = await expectSuccess(await this.#send({ ...request, signal }));
      return JSON.parse(await response.body.text()) as Answer;
    });
  }
}

function jsonBody(value: object, type: string): Pick<KubeRequest, 'body' | 'headers'> {
  return { body: JSON.stringify(value), headers: { 'content-type': type } };
}
