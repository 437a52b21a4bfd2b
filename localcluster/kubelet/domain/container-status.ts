import { defined } from '../../client/defined.js';
import type { ContainerState, ContainerStatus, TerminatedState } from '../../client/objects.js';
import { kubeTime } from '../../client/timestamps.js';
import type { ContainerRecord, Termination } from './container-record.js';
import type { ContainerRole, PodContainer } from './pod-containers.js';
import { decideRestart } from './restart-decision.js';

/** The scheme of our container ids, as `containerd://` is another runtime's. */
const SCHEME = 'podium://';

/** Why a container that has not run yet waits. */
export type WaitingReason = 'ContainerCreating' | 'PodInitializing';

export interface RoleStatus {
  readonly role: ContainerRole;
  readonly status: ContainerStatus;
}

/** One container's entry in the pod's status, at `nowMs` (Unix milliseconds). */
export function containerStatus(
  part: PodContainer,
  record: ContainerRecord,
  waitingReason: WaitingReason,
  nowMs: number,
): ContainerStatus {
  const { phase, previous } = record;
  const backsOff = decideRestart(record, part.policy, nowMs).kind === 'wait';
  const current = phase.kind === 'terminated' ? phase.termination : undefined;
  const last = backsOff ? current : previous;
  return {
    name: part.container.name,
    image: part.container.image ?? '',
    imageID: '',
    ...defined({ containerID: containerUri(containerIdIn(record)) }),
    ready: isReady(part, record),
    started: phase.kind === 'running',
    restartCount: record.restartCount,
    state: backsOff ? backingOff(part) : stateOf(record, waitingReason),
    lastState: last === undefined ? {} : { terminated: terminatedState(last) },
  };
}

/** The bare id in a container status; undefined where there is none of ours. */
export function containerIdOf(uri: string | undefined): string | undefined {
  return uri?.startsWith(SCHEME) ? uri.slice(SCHEME.length) : undefined;
}

function containerUri(containerId: string | undefined): string | undefined {
  return containerId === undefined ? undefined : SCHEME + containerId;
}

function containerIdIn({ phase, previous }: ContainerRecord): string | undefined {
  if (phase.kind === 'running') return phase.containerId;
  return (phase.kind === 'terminated' ? phase.termination : previous)?.containerId;
}

/** An init container is ready when it has done its work, any other while it runs. */
function isReady({ role }: PodContainer, { phase }: ContainerRecord): boolean {
  if (role !== 'init') return phase.kind === 'running';
  return phase.kind === 'terminated' && phase.termination.exitCode === 0;
}

function backingOff({ container }: PodContainer): ContainerState {
  return waiting('CrashLoopBackOff', `back-off restarting failed container ${container.name}`);
}

function stateOf({ phase }: ContainerRecord, waitingReason: WaitingReason): ContainerState {
  switch (phase.kind) {
    case 'new':
      return waiting(waitingReason);
    case 'refused':
      return waiting(phase.refusal.reason, phase.refusal.message);
    case 'running':
      return { running: { startedAt: kubeTime(phase.startedAtMs) } };
    case 'terminated':
      return { terminated: terminatedState(phase.termination) };
  }
}

function waiting(reason: string, message?: string): ContainerState {
  return { waiting: { reason, ...defined({ message }) } };
}

function terminatedState(termination: Termination): TerminatedState {
  const { exitCode, reason, startedAtMs, finishedAtMs, containerId, signal, message } = termination;
  return {
    exitCode,
    reason,
    startedAt: kubeTime(startedAtMs),
    finishedAt: kubeTime(finishedAtMs),
    ...defined({ containerID: containerUri(containerId), signal, message }),
  };
}
