import type { ContainerStatus, Pod, TerminatedState } from '../../client/objects.js';
import { type ContainerRecord, NEW_CONTAINER, type Termination, terminated } from './container-record.js';
import { containerIdOf } from './container-status.js';
import type { ContainerRecords } from './pod-plan.js';

/**
 * What is known about a pod's containers when the kubelet comes to it for the first time: what its status says.
 * A container that ran by then is gone (leftovers are killed before), so that it counts as ended with 137, as a
 * kubelet reports a container that it cannot find; the restart policy says what follows.
 */
export function recoverRecords(pod: Pod, nowMs: number): ContainerRecords {
  const statuses = [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])];
  return new Map(statuses.map((status) => [status.name, recoverRecord(status, nowMs)]));
}

function recoverRecord(status: ContainerStatus, nowMs: number): ContainerRecord {
  const end = lastEnd(status, nowMs);
  const record = { ...NEW_CONTAINER, restartCount: status.restartCount };
  return end === undefined ? record : terminated(record, end);
}

function lastEnd({ state, lastState, containerID }: ContainerStatus, nowMs: number): Termination | undefined {
  if (state?.running !== undefined) {
    return {
      containerId: containerIdOf(containerID),
      exitCode: 137,
      reason: 'ContainerStatusUnknown',
      message: 'The container ended together with its kubelet.',
      startedAtMs: milliseconds(state.running.startedAt, nowMs),
      finishedAtMs: nowMs,
    };
  }
  const end = state?.terminated ?? lastState?.terminated;
  return end === undefined ? undefined : termination(end, nowMs);
}

function termination(end: TerminatedState, nowMs: number): Termination {
  return {
    containerId: containerIdOf(end.containerID),
    exitCode: end.exitCode,
    reason: end.reason ?? (end.exitCode === 0 ? 'Completed' : 'Error'),
    startedAtMs: milliseconds(end.startedAt, nowMs),
    finishedAtMs: milliseconds(end.finishedAt, nowMs),
    ...(end.signal === undefined ? {} : { signal: end.signal }),
    ...(end.message === undefined ? {} : { message: end.message }),
  };
}

function milliseconds(time: string | undefined, otherwise: number): number {
  const value = Date.parse(time ?? '');
  return Number.isNaN(value) ? otherwise : value;
}
