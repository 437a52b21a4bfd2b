import type { Refusal } from './container-command.js';

/** How one run of a container ended. Times are Unix milliseconds. */
export interface Termination {
  readonly containerId: string | undefined;
  readonly exitCode: number;
  readonly signal?: number;
  readonly reason: string;
  readonly message?: string;
  readonly startedAtMs: number;
  readonly finishedAtMs: number;
}

/** Where a container stands now. */
export type ContainerPhase =
  | { readonly kind: 'new' }
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  | { readonly kind: 'running'; readonly containerId: string; readonly startedAtMs: number }
  | { readonly kind: 'terminated'; readonly termination: Termination };

/** All that is remembered of one container of a pod. Immutable: each step makes a new one. */
export interface ContainerRecord {
  readonly phase: ContainerPhase;
  readonly restartCount: number;
  /** How the run before the present one ended. */
  readonly previous?: Termination;
  /** Ends in a row, each after a run shorter than it takes to be trusted again. */
  readonly crashes: number;
}

export const NEW_CONTAINER: ContainerRecord = { phase: { kind: 'new' }, restartCount: 0, crashes: 0 };

/** A run of so long forgives the ends before it. */
const TRUSTED_AFTER_MS = 10 * 60_000;

/** What a failed start is called, as with containerd: no process of the container has run. */
export const START_ERROR = 'StartError';

/** The record for the next run of a container: the first, or one more after an end. */
export function nextRun(record: ContainerRecord): ContainerRecord {
  if (record.phase.kind !== 'terminated') return record;
  return { ...record, restartCount: record.restartCount + 1, previous: record.phase.termination };
}

export function running(record: ContainerRecord, containerId: string, startedAtMs: number): ContainerRecord {
  return { ...record, phase: { kind: 'running', containerId, startedAtMs } };
}

export function refused(record: ContainerRecord, refusal: Refusal): ContainerRecord {
  return { ...record, phase: { kind: 'refused', refusal } };
}

export function terminated(record: ContainerRecord, termination: Termination): ContainerRecord {
  const ranMs = termination.finishedAtMs - termination.startedAtMs;
  return {
    ...record,
    phase: { kind: 'terminated', termination },
    crashes: ranMs >= TRUSTED_AFTER_MS ? 1 : record.crashes + 1,
  };
}

/** Whether a process of it has ever run: a sidecar lets the next container start from then on. */
export function hasRun({ phase, previous }: ContainerRecord): boolean {
  if (phase.kind === 'running') return true;
  const ends = [phase.kind === 'terminated' ? phase.termination : undefined, previous];
  return ends.some((end) => end !== undefined && end.reason !== START_ERROR);
}
