import { messageOf } from '../../../shared/domain/domain-error.js';
import { KubeError } from '../../../shared/kubernetes/kube-error.js';
import { backoffMs } from '../../../shared/lifecycle/backoff.js';
import { WakeUp } from '../../../shared/lifecycle/wake-up.js';
import type { EventRecorder } from '../../client/event-recorder.js';
import type { Pod } from '../../client/objects.js';
import { podPath } from '../../client/paths.js';
import type { RunningContainer } from '../containers/running-container.js';
import { ignoredFields } from '../domain/ignored-fields.js';
import { outcomeOfEndedPod, type PodOutcome, planPod } from '../domain/pod-plan.js';
import { podStatus } from '../domain/pod-status.js';
import { recoverRecords } from '../domain/recover-records.js';
import { PodEvents } from './pod-events.js';
import { PodRuntime, type PodRuntimeOptions } from './pod-runtime.js';
import { StatusWriter, type StatusWriterOptions } from './status-writer.js';

type Shared = Pick<PodRuntimeOptions, 'runner' | 'node' | 'clock' | 'logger'> &
  Pick<StatusWriterOptions, 'client' | 'random'>;

export interface PodWorkerOptions extends Shared {
  readonly pod: Pod;
  readonly recorder: EventRecorder;
  /** Why the node does not take the pod at all. */
  readonly rejection?: Rejection | undefined;
}

export interface Rejection {
  readonly reason: string;
  readonly message: string;
}

const RETRY = { minMs: 200, maxMs: 10_000 };
const DEFAULT_GRACE_SEC = 30;
/** Even `--grace-period=0 --force` leaves the processes a moment, as the Kubernetes kubelet does. */
const LEAST_GRACE_SEC = 1;

/**
 * Looks after one pod, one step at a time, from when it is first seen until it is gone from the API server and
 * from this machine. Level-based: whatever happens only wakes it, and each step looks at the pod as it is.
 */
export class PodWorker {
  readonly #options: PodWorkerOptions;
  readonly #events: PodEvents;
  readonly #runtime: PodRuntime;
  readonly #status: StatusWriter;
  readonly #wakeUp = new WakeUp();
  readonly #end = new AbortController();
  /** Settles when nothing of the pod runs here any more and nothing is left to do. */
  readonly finished: Promise<void>;
  #pod: Pod;
  /** Set once no container of the pod will run again. */
  #outcome: PodOutcome | undefined;
  #isGone = false;
  #isDeleted = false;
  #stopGraceMs: number | undefined;
  #failures = 0;

  constructor(options: PodWorkerOptions) {
    const { pod, recorder, clock } = options;
    const { namespace, name, uid } = pod.metadata;
    const phase = pod.status?.phase;
    this.#options = options;
    this.#pod = pod;
    this.#outcome = phase === 'Succeeded' || phase === 'Failed' ? phase : undefined;
    this.#events = new PodEvents(recorder, pod);
    const records = recoverRecords(pod, clock.now());
    const onEnd = () => this.#wakeUp.request();
    this.#runtime = new PodRuntime({ ...options, records, events: this.#events, onEnd });
    this.#status = new StatusWriter({
      ...options,
      pod: { name, uid, ...(namespace === undefined ? {} : { namespace }) },
    });
    this.finished = this.#run();
  }

  get pod(): Pod {
    return this.#pod;
  }

  get records(): PodRuntime['records'] {
    return this.#runtime.records;
  }

  /** Whether it takes one of the node's places for pods. */
  get isActive(): boolean {
    return this.#outcome === undefined;
  }

  runningContainer(name: string): RunningContainer | undefined {
    return this.#runtime.runningContainer(name);
  }

  update(pod: Pod): void {
    this.#pod = pod;
    if (pod.metadata.deletionTimestamp !== undefined) this.#runtime.hurry(this.#graceMs());
    this.#wakeUp.request();
  }

  /** The API server has no such pod any more. */
  gone(): void {
    this.#isGone = true;
    this.#runtime.hurry(this.#graceMs());
    this.#wakeUp.request();
  }

  /** Ends the containers within the grace and writes nothing more: the pod stays as it is at the API server. */
  async stop(graceMs: number): Promise<void> {
    this.#stopGraceMs = graceMs;
    this.#end.abort();
    this.#runtime.hurry(graceMs);
    this.#wakeUp.request();
    await this.finished;
  }

  async #run(): Promise<void> {
    this.#begin();
    const never = new AbortController().signal;
    for (;;) {
      const step = await this.#tryStep();
      if (step === 'finished') return;
      await this.#wakeUp.next(never, step);
    }
  }

  #begin(): void {
    const { rejection } = this.#options;
    if (rejection !== undefined && this.#outcome === undefined) {
      this.#outcome = 'Failed';
      this.#events.rejected(rejection.reason, rejection.message);
      const { reason, message } = rejection;
      this.#status.offer({ phase: 'Failed', reason, message }, this.#end.signal);
    } else if (this.#outcome === undefined) this.#events.ignored(ignoredFields(this.#pod));
  }

  /** Milliseconds until the next step is due although nothing happens; undefined for never. */
  async #tryStep(): Promise<number | undefined | 'finished'> {
    try {
      const step = await this.#step();
      this.#failures = 0;
      return step;
    } catch (error) {
      const { logger, random } = this.#options;
      const { namespace, name } = this.#pod.metadata;
      const delayMs = backoffMs(RETRY, ++this.#failures, random());
      if (this.#stopGraceMs === undefined) {
        logger.warn(
          { namespace, pod: name, error: messageOf(error), delayMs },
          'pod step failed, will try again',
        );
      }
      return delayMs;
    }
  }

  async #step(): Promise<number | undefined | 'finished'> {
    if (this.#stopGraceMs !== undefined) {
      await this.#runtime.end(this.#stopGraceMs);
      return 'finished';
    }
    if (this.#isGone) {
      await this.#runtime.end(this.#graceMs());
      this.#end.abort();
      return 'finished';
    }
    if (this.#pod.metadata.deletionTimestamp !== undefined) return this.#delete();
    return this.#outcome === undefined ? this.#advance() : undefined;
  }

  async #advance(): Promise<number | undefined> {
    const { clock } = this.#options;
    for (;;) {
      const plan = planPod(this.#pod.spec, this.#runtime.records, clock.now());
      if (plan.outcome !== undefined) {
        await this.#complete(plan.outcome, plan.initialized);
        return undefined;
      }
      await this.#runtime.start(plan.start);
      if (plan.start.length > 0 && this.#stopGraceMs === undefined) continue;
      this.#report(plan.initialized);
      return plan.wakeAtMs === undefined ? undefined : Math.max(0, plan.wakeAtMs - clock.now());
    }
  }

  /** The work is done; sidecars go with it. */
  async #complete(outcome: PodOutcome, initialized: boolean): Promise<void> {
    await this.#runtime.end(this.#graceMs());
    this.#outcome = outcome;
    this.#report(initialized);
  }

  /** As the Kubernetes kubelet: end everything, report how it ended, and only then let the API server forget. */
  async #delete(): Promise<undefined> {
    if (this.#isDeleted) return undefined;
    const hadOutcome = this.#outcome !== undefined;
    await this.#runtime.end(this.#graceMs());
    if (!hadOutcome) {
      this.#outcome = outcomeOfEndedPod(this.#pod.spec, this.#runtime.records);
      this.#report(planPod(this.#pod.spec, this.#runtime.records, this.#options.clock.now()).initialized);
    }
    await this.#status.settled();
    await this.#deleteAtServer();
    this.#isDeleted = true;
    return undefined;
  }

  async #deleteAtServer(): Promise<void> {
    const { metadata } = this.#pod;
    const options = { gracePeriodSeconds: 0, uid: metadata.uid };
    try {
      await this.#options.client.delete(podPath(metadata), options, this.#end.signal);
    } catch (error) {
      const isDone = error instanceof KubeError && (error.status === 404 || error.status === 409);
      if (!isDone) throw error;
    }
  }

  #report(initialized: boolean): void {
    const { node, clock } = this.#options;
    const status = podStatus(this.#pod, {
      records: this.#runtime.records,
      initialized,
      outcome: this.#outcome,
      hasCgroup: this.#runtime.hasGroup,
      nodeIp: node.ip,
      nowMs: clock.now(),
    });
    this.#status.offer(status, this.#end.signal);
  }

  #graceMs(): number {
    const { metadata, spec } = this.#pod;
    const asked = metadata.deletionGracePeriodSeconds ?? spec.terminationGracePeriodSeconds;
    return Math.max(asked ?? DEFAULT_GRACE_SEC, LEAST_GRACE_SEC) * 1_000;
  }
}
