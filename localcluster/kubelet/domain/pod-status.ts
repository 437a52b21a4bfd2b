import { defined } from '../../client/defined.js';
import type { ContainerStatus, Pod, PodPhase, PodStatus } from '../../client/objects.js';
import { kubeTime } from '../../client/timestamps.js';
import { NEW_CONTAINER } from './container-record.js';
import { containerStatus, type RoleStatus } from './container-status.js';
import { podConditions } from './pod-conditions.js';
import { type ContainerRole, type PodContainer, podContainers } from './pod-containers.js';
import type { ContainerRecords, PodOutcome } from './pod-plan.js';

export interface PodFacts {
  readonly records: ContainerRecords;
  readonly initialized: boolean;
  /** Set when no container of the pod will run again. */
  readonly outcome?: PodOutcome | undefined;
  /** Whether the pod's own cgroup stands: what a sandbox is elsewhere. */
  readonly hasCgroup: boolean;
  readonly nodeIp: string;
  /** Unix milliseconds. */
  readonly nowMs: number;
}

/**
 * The status of a pod as the kubelet reports it. Conditions of `pod.status` that somebody else owns are not in the
 * result: it is to be merged, by condition type, into what is there.
 */
export function podStatus(pod: Pod, facts: PodFacts): PodStatus {
  const { records, outcome, nodeIp, nowMs } = facts;
  const containers = podContainers(pod.spec).map((part) => roleStatus(part, pod, facts));
  const phase = outcome ?? phaseOf(pod, records, facts.initialized);
  const initStatuses = statusesOf(containers, (role) => role !== 'main');
  return {
    phase,
    conditions: podConditions(pod, { ...facts, phase, containers }),
    hostIP: nodeIp,
    hostIPs: [{ ip: nodeIp }],
    podIP: nodeIp,
    podIPs: [{ ip: nodeIp }],
    startTime: pod.status?.startTime ?? kubeTime(nowMs),
    containerStatuses: statusesOf(containers, (role) => role === 'main'),
    ...defined({
      observedGeneration: pod.metadata.generation,
      initContainerStatuses: initStatuses.length > 0 ? initStatuses : undefined,
    }),
  };
}

/** In a pod that is over nothing waits for its next start. */
function roleStatus(part: PodContainer, pod: Pod, facts: PodFacts): RoleStatus {
  const { records, initialized, outcome, nowMs } = facts;
  const isInitializing = (pod.spec.initContainers ?? []).length > 0 && !initialized;
  const status = containerStatus(
    outcome === undefined ? part : { ...part, policy: 'Never' },
    records.get(part.container.name) ?? NEW_CONTAINER,
    isInitializing ? 'PodInitializing' : 'ContainerCreating',
    nowMs,
  );
  return { role: part.role, status };
}

function statusesOf(
  containers: readonly RoleStatus[],
  isWanted: (role: ContainerRole) => boolean,
): ContainerStatus[] {
  return containers.filter(({ role }) => isWanted(role)).map(({ status }) => status);
}

/** Pending until every container has run once; a container between two runs counts as running. */
function phaseOf(pod: Pod, records: ContainerRecords, initialized: boolean): PodPhase {
  if (!initialized) return 'Pending';
  const neverRan = pod.spec.containers.some(({ name }) => {
    const { phase, previous } = records.get(name) ?? NEW_CONTAINER;
    return (phase.kind === 'new' || phase.kind === 'refused') && previous === undefined;
  });
  return neverRan ? 'Pending' : 'Running';
}
