import type { PodSpec } from '../../client/objects.js';
import { type ContainerRecord, hasRun, NEW_CONTAINER } from './container-record.js';
import { type PodContainer, podContainers } from './pod-containers.js';
import { decideRestart } from './restart-decision.js';

/** What a pod's state asks for now. */
export interface PodPlan {
  /** In this order. */
  readonly start: readonly PodContainer[];
  /** When to look again although nothing happens; Unix milliseconds. */
  readonly wakeAtMs?: number;
  readonly initialized: boolean;
  /** Set when no container of the pod will ever run again. Its sidecars are to be ended then. */
  readonly outcome?: PodOutcome;
}

export type PodOutcome = 'Succeeded' | 'Failed';
export type ContainerRecords = ReadonlyMap<string, ContainerRecord>;

type PlannedSpec = Pick<PodSpec, 'containers' | 'initContainers' | 'restartPolicy'>;

/**
 * Plans the next step of a pod by the rules of Kubernetes, "Pod Lifecycle": init containers one after another,
 * each to a success; a sidecar need only have started; then all others. Sidecars do not decide how the pod ends.
 */
export function planPod(spec: PlannedSpec, records: ContainerRecords, nowMs: number): PodPlan {
  const steps = new Steps(records, nowMs);
  const mains: (PodOutcome | undefined)[] = [];
  for (const part of podContainers(spec)) {
    const end = steps.take(part);
    if (part.role === 'main') mains.push(end);
    else if (end === 'Failed') return { start: [], initialized: false, outcome: 'Failed' };
    else if (!letsNextStart(part, end, records)) return steps.plan({ initialized: false });
  }
  if (mains.includes(undefined)) return steps.plan({ initialized: true });
  return { start: [], initialized: true, outcome: mains.includes('Failed') ? 'Failed' : 'Succeeded' };
}

/** How a pod has ended whose containers were all ended from outside. */
export function outcomeOfEndedPod(spec: PlannedSpec, records: ContainerRecords): PodOutcome {
  const succeeded = spec.containers.every(({ name }) => {
    const phase = records.get(name)?.phase;
    return phase?.kind === 'terminated' && phase.termination.exitCode === 0;
  });
  return succeeded ? 'Succeeded' : 'Failed';
}

function letsNextStart(
  { container, role }: PodContainer,
  end: PodOutcome | undefined,
  records: ContainerRecords,
): boolean {
  if (role === 'init') return end === 'Succeeded';
  return hasRun(records.get(container.name) ?? NEW_CONTAINER);
}

/** Gathers what is to be started and when to look again. */
class Steps {
  readonly #records: ContainerRecords;
  readonly #nowMs: number;
  readonly #start: PodContainer[] = [];
  #wakeAtMs = Number.POSITIVE_INFINITY;

  constructor(records: ContainerRecords, nowMs: number) {
    this.#records = records;
    this.#nowMs = nowMs;
  }

  /** How a container has ended for good; undefined while it may still run. */
  take(part: PodContainer): PodOutcome | undefined {
    const record = this.#records.get(part.container.name) ?? NEW_CONTAINER;
    const decision = decideRestart(record, part.policy, this.#nowMs);
    if (decision.kind === 'done') return decision.succeeded ? 'Succeeded' : 'Failed';
    if (decision.kind === 'start') this.#start.push(part);
    if (decision.kind === 'wait') this.#wakeAtMs = Math.min(this.#wakeAtMs, decision.untilMs);
    return undefined;
  }

  plan({ initialized }: { readonly initialized: boolean }): PodPlan {
    const wakeAtMs = Number.isFinite(this.#wakeAtMs) ? { wakeAtMs: this.#wakeAtMs } : {};
    return { start: this.#start, initialized, ...wakeAtMs };
  }
}
