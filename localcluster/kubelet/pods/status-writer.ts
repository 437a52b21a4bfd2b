import { isDeepStrictEqual } from 'node:util';
import { messageOf } from '../../../shared/domain/domain-error.js';
import { KubeError } from '../../../shared/kubernetes/kube-error.js';
import { backoffMs } from '../../../shared/lifecycle/backoff.js';
import type { Clock } from '../../../shared/lifecycle/clock.js';
import type { Logger } from '../../../shared/observability/logger.js';
import type { KubeClient } from '../../client/kube-client.js';
import type { PodStatus } from '../../client/objects.js';
import { podPath } from '../../client/paths.js';

export interface StatusWriterOptions {
  readonly client: KubeClient;
  readonly pod: { readonly namespace?: string; readonly name: string; readonly uid: string };
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  readonly logger: Logger;
}

const RETRY = { minMs: 200, maxMs: 10_000 };

/**
 * Keeps one pod's status at the API server what it was last told, without keeping anybody waiting. Only the newest
 * status waits to be written; what cannot be written is tried again until it is or the pod is no more.
 */
export class StatusWriter {
  readonly #options: StatusWriterOptions;
  #newest: PodStatus | undefined;
  #written: PodStatus | undefined;
  #isWriting = false;
  #writing: Promise<void> = Promise.resolve();

  constructor(options: StatusWriterOptions) {
    this.#options = options;
  }

  offer(status: PodStatus, signal: AbortSignal): void {
    this.#newest = status;
    if (this.#isWriting) return;
    this.#isWriting = true;
    this.#writing = this.#writeNewest(signal);
  }

  /** Resolves when there is nothing to write any more. */
  settled(): Promise<void> {
    return this.#writing;
  }

  async #writeNewest(signal: AbortSignal): Promise<void> {
    for (let failures = 0; this.#newest !== undefined && !signal.aborted; ) {
      const status = this.#newest;
      this.#newest = undefined;
      if (isDeepStrictEqual(status, this.#written)) continue;
      try {
        await this.#write(status, signal);
        this.#written = status;
        failures = 0;
      } catch (error) {
        if (isForNobody(error)) continue;
        this.#newest ??= status;
        failures++;
        await this.#waitAfter(error, failures, signal);
      }
    }
    this.#isWriting = false;
  }

  /** The uid makes the server refuse it for a pod that has been made anew under the name. */
  async #write(status: PodStatus, signal: AbortSignal): Promise<void> {
    const { client, pod } = this.#options;
    const patch = { metadata: { uid: pod.uid }, status };
    await client.patch(podPath(pod, 'status'), 'strategic', patch, signal);
  }

  async #waitAfter(error: unknown, failures: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    const { clock, random, logger, pod } = this.#options;
    const delayMs = backoffMs(RETRY, failures, random());
    logger.warn(
      { namespace: pod.namespace, pod: pod.name, error: messageOf(error), delayMs },
      'pod status not written, will try again',
    );
    await clock.sleep(delayMs, signal);
  }
}

/** The pod is gone, or another one has its name. */
function isForNobody(error: unknown): boolean {
  return error instanceof KubeError && (error.status === 404 || error.status === 409);
}
