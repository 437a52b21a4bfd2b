import { messageOf } from '../../../shared/domain/domain-error.js';
import type { ObjectChange } from '../../../shared/kubernetes/object-store.js';
import type { Component } from '../../../shared/lifecycle/component.js';
import type { Pod } from '../../client/objects.js';
import type { LogFolders } from '../logs/log-folders.js';
import { PodWorker, type PodWorkerOptions, type Rejection } from './pod-worker.js';

export interface PodManagerOptions extends Omit<PodWorkerOptions, 'pod' | 'rejection'> {
  readonly logs: LogFolders;
  /** Pods that have not ended, mirror pods aside. */
  readonly maxPods: number;
}

/** What ends get when the kubelet itself ends. */
const STOP_GRACE_MS = 2_000;

/** A pod that only shows what its creator runs by itself; nobody else starts or changes it. */
const MIRROR = 'kubernetes.io/config.mirror';

/** Gives every pod of this node its worker, and takes it away when the pod is gone. */
export class PodManager implements Component {
  readonly name = 'pods';
  readonly #options: PodManagerOptions;
  /** By uid: a pod may be made anew under its name while the old one still ends. */
  readonly #workers = new Map<string, PodWorker>();
  #isStopping = false;
  #wasListed = false;

  constructor(options: PodManagerOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {}

  async stop(): Promise<void> {
    this.#isStopping = true;
    await Promise.all([...this.#workers.values()].map((worker) => worker.stop(STOP_GRACE_MS)));
  }

  podChanged(change: ObjectChange<Pod>): void {
    const pod = change.item;
    if (this.#isStopping || pod.metadata.annotations?.[MIRROR] !== undefined) return;
    const worker = this.#workers.get(pod.metadata.uid);
    if (change.kind === 'deleted') {
      worker?.update(pod);
      worker?.gone();
    } else if (worker === undefined) this.#take(pod);
    else worker.update(pod);
  }

  /** To be called after every complete list: after the first one it is known whose logs nobody will ask for. */
  listed(): void {
    if (this.#wasListed) return;
    this.#wasListed = true;
    this.#removeForeignLogs().catch((error: unknown) => {
      this.#options.logger.warn({ error: messageOf(error) }, 'old logs not removed');
    });
  }

  /** The pod of this name, the newest if an older one still ends. */
  find(namespace: string, name: string): PodWorker | undefined {
    return [...this.#workers.values()].findLast(
      ({ pod }) => pod.metadata.name === name && (pod.metadata.namespace ?? 'default') === namespace,
    );
  }

  #take(pod: Pod): void {
    const { uid } = pod.metadata;
    const worker = new PodWorker({ ...this.#options, pod, rejection: this.#rejection() });
    this.#workers.set(uid, worker);
    void worker.finished.then(() => this.#forget(uid));
  }

  #rejection(): Rejection | undefined {
    const { maxPods } = this.#options;
    const active = [...this.#workers.values()].filter((worker) => worker.isActive).length;
    if (active < maxPods) return undefined;
    const message = `Node didn't have enough resource: pods, requested: 1, used: ${active}, capacity: ${maxPods}`;
    return { reason: 'OutOfpods', message };
  }

  async #forget(uid: string): Promise<void> {
    if (this.#isStopping) return;
    this.#workers.delete(uid);
    try {
      await this.#options.logs.remove(uid);
    } catch (error) {
      this.#options.logger.warn({ uid, error: messageOf(error) }, 'logs of a pod not removed');
    }
  }

  async #removeForeignLogs(): Promise<void> {
    for (const uid of await this.#options.logs.pods()) {
      if (!this.#workers.has(uid)) await this.#options.logs.remove(uid);
    }
  }
}
