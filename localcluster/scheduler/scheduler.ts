import { messageOf } from '../../shared/domain/domain-error.js';
import { KubeError } from '../../shared/kubernetes/kube-error.js';
import type { ObjectChange } from '../../shared/kubernetes/object-store.js';
import type { Clock } from '../../shared/lifecycle/clock.js';
import type { Component } from '../../shared/lifecycle/component.js';
import { WakeUp } from '../../shared/lifecycle/wake-up.js';
import type { Logger } from '../../shared/observability/logger.js';
import type { EventRecorder, EventText } from '../client/event-recorder.js';
import type { KubeClient } from '../client/kube-client.js';
import { podPath } from '../client/paths.js';
import { kubeTime } from '../client/timestamps.js';
import { type Candidate, place } from './placement.js';
import { RetryQueue } from './retry-queue.js';
import { type NodeView, type PodView, waitsForNode } from './views.js';

export interface SchedulerOptions {
  readonly client: KubeClient;
  readonly events: EventRecorder;
  readonly pods: () => Iterable<PodView>;
  readonly nodes: () => Iterable<NodeView>;
  /** Whether both lists have been read completely: before that every choice would be a guess. */
  readonly synced: () => boolean;
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  readonly logger: Logger;
}

/** Pods that are placed, then bound, at once. */
const BATCH = 16;

/**
 * Binds pods without a node. Level-based: changes only wake it, each pass looks at all pods and nodes as they are.
 * A pod that was placed counts on its node from then on, before the watch tells about the binding.
 */
export class Scheduler implements Component {
  readonly name = 'scheduler';
  readonly #options: SchedulerOptions;
  readonly #end = new AbortController();
  readonly #wakeUp = new WakeUp();
  readonly #retries = new RetryQueue();
  /** Node of each pod that was bound and is not yet seen to be, by uid. */
  readonly #assumed = new Map<string, string>();
  #loop: Promise<void> = Promise.resolve();

  constructor(options: SchedulerOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    this.#loop = this.#run(this.#end.signal);
  }

  async stop(): Promise<void> {
    this.#end.abort();
    await this.#loop;
  }

  podChanged(change: ObjectChange<PodView>): void {
    const wasThere = change.kind === 'updated' ? !change.previous.ended : change.kind === 'deleted';
    const isThere = change.kind !== 'deleted' && !change.item.ended;
    if (wasThere && !isThere) this.#retries.changed();
    this.#wakeUp.request();
  }

  nodeChanged(): void {
    this.#retries.changed();
    this.#wakeUp.request();
  }

  /** To be called after every complete list. */
  listed(): void {
    this.#wakeUp.request();
  }

  async #run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      if (this.#options.synced()) await this.#pass(signal);
      await this.#wakeUp.next(signal, this.#retries.nextDueInMs(this.#options.clock.monotonicMs()));
    }
  }

  async #pass(signal: AbortSignal): Promise<void> {
    const nowMs = this.#options.clock.monotonicMs();
    const waiting = this.#waitingPods();
    const due = waiting.filter((pod) => this.#retries.isDue(pod, nowMs)).sort(byAge);
    for (let from = 0; from < due.length && !signal.aborted; from += BATCH) {
      const candidates = this.#candidates();
      await Promise.all(due.slice(from, from + BATCH).map((pod) => this.#schedule(pod, candidates, signal)));
    }
  }

  #waitingPods(): PodView[] {
    const waiting: PodView[] = [];
    const known = new Set<string>();
    for (const pod of this.#options.pods()) {
      if (pod.nodeName !== undefined) this.#assumed.delete(pod.uid);
      known.add(pod.uid);
      if (waitsForNode(pod) && !this.#assumed.has(pod.uid)) waiting.push(pod);
    }
    for (const uid of this.#assumed.keys()) if (!known.has(uid)) this.#assumed.delete(uid);
    this.#retries.keepOnly(new Set(waiting.map(({ uid }) => uid)));
    return waiting;
  }

  #candidates(): Map<string, Mutable<Candidate>> {
    const candidates = new Map([...this.#options.nodes()].map((node) => [node.name, { node, pods: 0 }]));
    for (const pod of this.#options.pods()) {
      const nodeName = pod.nodeName ?? this.#assumed.get(pod.uid);
      const candidate = nodeName === undefined || pod.ended ? undefined : candidates.get(nodeName);
      if (candidate !== undefined) candidate.pods++;
    }
    return candidates;
  }

  /** The choice is made before the first wait, so that the pods of a batch see each other. */
  async #schedule(
    pod: PodView,
    candidates: Map<string, Mutable<Candidate>>,
    signal: AbortSignal,
  ): Promise<void> {
    const placement = place(pod.placement, [...candidates.values()]);
    try {
      if ('unschedulable' in placement) {
        await this.#refuse(pod, placement.unschedulable, signal);
        return;
      }
      const candidate = candidates.get(placement.nodeName);
      if (candidate !== undefined) candidate.pods++;
      this.#assumed.set(pod.uid, placement.nodeName);
      await this.#bind(pod, placement.nodeName, signal);
    } catch (error) {
      this.#assumed.delete(pod.uid);
      this.#failed(pod, error);
    }
  }

  async #bind(pod: PodView, nodeName: string, signal: AbortSignal): Promise<void> {
    const binding = {
      apiVersion: 'v1',
      kind: 'Binding',
      metadata: { name: pod.name, namespace: pod.namespace, uid: pod.uid },
      target: { apiVersion: 'v1', kind: 'Node', name: nodeName },
    };
    await this.#options.client.create(podPath(pod, 'binding'), binding, signal);
    this.#tell(pod, {
      type: 'Normal',
      reason: 'Scheduled',
      message: `Successfully assigned ${pod.namespace}/${pod.name} to ${nodeName}`,
    });
    this.#options.logger.info({ namespace: pod.namespace, pod: pod.name, node: nodeName }, 'pod bound');
  }

  /** Says why on the pod, once for every reason. */
  async #refuse(pod: PodView, message: string, signal: AbortSignal): Promise<void> {
    this.#retryLater(pod, 'change');
    if (pod.scheduled?.status === 'False' && pod.scheduled.message === message) return;
    this.#tell(pod, { type: 'Warning', reason: 'FailedScheduling', message });
    const condition = {
      type: 'PodScheduled',
      status: 'False',
      reason: 'Unschedulable',
      message,
      lastTransitionTime:
        pod.scheduled?.status === 'False'
          ? pod.scheduled.lastTransitionTime
          : kubeTime(this.#options.clock.now()),
    };
    const patch = { metadata: { uid: pod.uid }, status: { conditions: [condition] } };
    await this.#options.client.patch(podPath(pod, 'status'), 'strategic', patch, signal);
  }

  /** Gone or bound by somebody else: the watch will tell. Anything else is tried again. */
  #failed(pod: PodView, error: unknown): void {
    if (this.#end.signal.aborted) return;
    this.#retryLater(pod, 'back-off');
    const expected = error instanceof KubeError && (error.status === 404 || error.status === 409);
    if (expected) return;
    const { logger } = this.#options;
    logger.warn(
      { namespace: pod.namespace, pod: pod.name, error: messageOf(error) },
      'pod not bound, will try again',
    );
  }

  #retryLater(pod: PodView, after: 'change' | 'back-off'): void {
    const { clock, random } = this.#options;
    this.#retries.failed(pod, after, clock.monotonicMs(), random());
  }

  #tell({ namespace, name, uid }: PodView, event: EventText): void {
    this.#options.events.record({ apiVersion: 'v1', kind: 'Pod', namespace, name, uid }, event);
  }
}

type Mutable<Fields> = { -readonly [Key in keyof Fields]: Fields[Key] };

function byAge(one: PodView, other: PodView): number {
  if (one.createdAt !== other.createdAt) return one.createdAt < other.createdAt ? -1 : 1;
  return one.name < other.name ? -1 : 1;
}
