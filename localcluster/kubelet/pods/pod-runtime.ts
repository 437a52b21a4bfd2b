import { messageOf } from '../../../shared/domain/domain-error.js';
import type { Clock } from '../../../shared/lifecycle/clock.js';
import type { Logger } from '../../../shared/observability/logger.js';
import type { Container, Pod } from '../../client/objects.js';
import type { ContainerRunner } from '../containers/container-runner.js';
import { type RunningContainer, startError } from '../containers/running-container.js';
import type { PodIdentity } from '../domain/cgroup-dialect.js';
import { containerCommand, type NodeFacts } from '../domain/container-command.js';
import {
  type ContainerRecord,
  NEW_CONTAINER,
  nextRun,
  refused,
  running,
  START_ERROR,
  type Termination,
  terminated,
} from '../domain/container-record.js';
import { type PodContainer, podContainers } from '../domain/pod-containers.js';
import type { ContainerRecords } from '../domain/pod-plan.js';
import { qosClass } from '../domain/qos-class.js';
import { decideRestart } from '../domain/restart-decision.js';
import { KillTimer } from './kill-timer.js';
import type { PodEvents } from './pod-events.js';

export interface PodRuntimeOptions {
  readonly pod: Pod;
  /** What is known from before. */
  readonly records: ContainerRecords;
  readonly runner: ContainerRunner;
  readonly events: PodEvents;
  readonly node: NodeFacts;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Called when a container has ended. */
  readonly onEnd: () => void;
}

const KILL_AGAIN_MS = 1_000;

/** The containers of one pod on this machine: starts them, ends them and knows how each has fared. */
export class PodRuntime {
  readonly #options: PodRuntimeOptions;
  readonly #identity: PodIdentity;
  readonly #records: Map<string, ContainerRecord>;
  readonly #running = new Map<string, RunningContainer>();
  #hasGroup = false;
  #killTimer: KillTimer | undefined;

  constructor(options: PodRuntimeOptions) {
    const { metadata, spec, status } = options.pod;
    this.#options = options;
    this.#records = new Map(options.records);
    this.#identity = { uid: metadata.uid, qosClass: status?.qosClass ?? qosClass(spec) };
  }

  get records(): ContainerRecords {
    return this.#records;
  }

  get isRunning(): boolean {
    return this.#running.size > 0;
  }

  get hasGroup(): boolean {
    return this.#hasGroup;
  }

  runningContainer(name: string): RunningContainer | undefined {
    return this.#running.get(name);
  }

  /** Starts these, one after another. Rejects when the pod's group cannot be made. */
  async start(parts: readonly PodContainer[]): Promise<void> {
    if (parts.length === 0) return;
    await this.#options.runner.createPod(this.#identity);
    this.#hasGroup = true;
    for (const part of parts) await this.#startOne(part);
  }

  /**
   * Asks everything to end, and kills what has not after the grace (milliseconds). Resolves when nothing of the pod
   * runs any more and its group is gone.
   */
  async end(graceMs: number): Promise<void> {
    this.#killTimer = new KillTimer(() => this.#killAll());
    this.#killTimer.within(graceMs);
    try {
      for (const group of this.#endingOrder()) await this.#endTogether(group);
    } finally {
      this.#killTimer.clear();
      this.#killTimer = undefined;
    }
    await this.removeGroup();
  }

  /** Shortens the grace of an end under way. */
  hurry(graceMs: number): void {
    this.#killTimer?.within(graceMs);
  }

  async removeGroup(): Promise<void> {
    if (!this.#hasGroup) return;
    await this.#options.runner.removePod(this.#identity);
    this.#hasGroup = false;
  }

  async #startOne(part: PodContainer): Promise<void> {
    const { pod, node, runner, events } = this.#options;
    const { container } = part;
    const record = nextRun(this.#record(container));
    const command = containerCommand(pod, container, node);
    if ('refusal' in command) {
      this.#records.set(container.name, refused(record, command.refusal));
      events.failed(container, command.refusal.message);
      return;
    }
    const request = { pod: this.#identity, podName: pod.metadata.name, container, run: record.restartCount };
    try {
      const started = await runner.start({ ...request, ...command });
      this.#records.set(container.name, running(record, started.containerId, started.startedAtMs));
      this.#running.set(container.name, started);
      void started.ended.then((end) => this.#ended(part, end));
      events.started(container);
    } catch (error) {
      this.#ended(part, this.#neverStarted(error), record);
    }
  }

  #neverStarted(error: unknown): Termination {
    const nowMs = this.#options.clock.now();
    return {
      containerId: undefined,
      startedAtMs: nowMs,
      finishedAtMs: nowMs,
      ...startError(messageOf(error)),
    };
  }

  #ended(part: PodContainer, end: Termination, record = this.#record(part.container)): void {
    const { events, clock, logger, pod, onEnd } = this.#options;
    const { container } = part;
    const after = terminated(record, end);
    this.#running.delete(container.name);
    this.#records.set(container.name, after);
    logger.info(
      {
        namespace: pod.metadata.namespace,
        pod: pod.metadata.name,
        container: container.name,
        exitCode: end.exitCode,
        reason: end.reason,
        restarts: after.restartCount,
      },
      'container ended',
    );
    if (end.reason === START_ERROR) events.failed(container, end.message ?? START_ERROR);
    const isEnding = this.#killTimer !== undefined;
    if (!isEnding && decideRestart(after, part.policy, clock.now()).kind === 'wait') {
      events.backingOff(container);
    }
    onEnd();
  }

  /** Everything but the sidecars at once, then each sidecar, the last one first (KEP-753). */
  #endingOrder(): Container[][] {
    const parts = podContainers(this.#options.pod.spec);
    const containersOf = (isSidecar: boolean) =>
      parts.flatMap(({ role, container }) => ((role === 'sidecar') === isSidecar ? [container] : []));
    return [
      containersOf(false),
      ...containersOf(true)
        .reverse()
        .map((sidecar) => [sidecar]),
    ];
  }

  async #endTogether(containers: readonly Container[]): Promise<void> {
    const ends = containers.map((container) => {
      const runs = this.#running.get(container.name);
      if (runs === undefined) return undefined;
      this.#options.events.killing(container);
      runs.terminate();
      return runs.ended;
    });
    await Promise.all(ends);
  }

  /** Again until nothing runs: a kill that fails must not leave the pod running for ever. */
  #killAll(): void {
    if (!this.isRunning) return;
    const { runner, logger } = this.#options;
    this.#killTimer = new KillTimer(() => this.#killAll());
    this.#killTimer.within(KILL_AGAIN_MS);
    runner.killPod(this.#identity).catch((error: unknown) => {
      logger.error({ uid: this.#identity.uid, error: messageOf(error) }, 'pod not killed, will try again');
    });
  }

  #record({ name }: Container): ContainerRecord {
    return this.#records.get(name) ?? NEW_CONTAINER;
  }
}
