import { defined } from '../../client/defined.js';
import type { Condition, Pod, PodPhase } from '../../client/objects.js';
import { kubeTime } from '../../client/timestamps.js';
import type { RoleStatus } from './container-status.js';

export interface ConditionFacts {
  readonly phase: PodPhase;
  readonly initialized: boolean;
  readonly hasCgroup: boolean;
  readonly containers: readonly RoleStatus[];
  readonly nowMs: number;
}

type Finding = Pick<Condition, 'status' | 'reason' | 'message'>;

const TRUE: Finding = { status: 'True' };

/** The conditions that a kubelet owns, each with the time of its last change of status. */
export function podConditions(pod: Pod, facts: ConditionFacts): Condition[] {
  const containersReady = findContainersReady(facts);
  const findings: readonly (readonly [string, Finding])[] = [
    ['PodReadyToStartContainers', facts.hasCgroup ? TRUE : { status: 'False' }],
    ['Initialized', findInitialized(facts)],
    ['Ready', findReady(pod, containersReady)],
    ['ContainersReady', containersReady],
    ['PodScheduled', TRUE],
  ];
  return findings.map(([type, finding]) => condition(type, finding, pod, facts.nowMs));
}

function condition(type: string, finding: Finding, pod: Pod, nowMs: number): Condition {
  const known = pod.status?.conditions?.find((candidate) => candidate.type === type);
  const since = known?.status === finding.status ? known.lastTransitionTime : undefined;
  return {
    type,
    ...finding,
    lastTransitionTime: since ?? kubeTime(nowMs),
    ...defined({ observedGeneration: pod.metadata.generation }),
  };
}

function findInitialized({ initialized, phase, containers }: ConditionFacts): Finding {
  if (initialized) return phase === 'Succeeded' ? { status: 'True', reason: 'PodCompleted' } : TRUE;
  return {
    status: 'False',
    reason: 'ContainersNotInitialized',
    message: `containers with incomplete status: ${unreadyNames(containers.filter(({ role }) => role !== 'main'))}`,
  };
}

function findContainersReady({ phase, containers }: ConditionFacts): Finding {
  if (phase === 'Succeeded') return { status: 'False', reason: 'PodCompleted' };
  if (phase === 'Failed') return { status: 'False', reason: 'PodFailed' };
  const lasting = containers.filter(({ role }) => role !== 'init');
  if (lasting.every(({ status }) => status.ready)) return TRUE;
  return {
    status: 'False',
    reason: 'ContainersNotReady',
    message: `containers with unready status: ${unreadyNames(lasting)}`,
  };
}

function unreadyNames(containers: readonly RoleStatus[]): string {
  return `[${containers.flatMap(({ status }) => (status.ready ? [] : [status.name])).join(' ')}]`;
}

/** Ready needs the gates too, which others open (Kubernetes, "Pod readiness"). */
function findReady(pod: Pod, containersReady: Finding): Finding {
  if (containersReady.status !== 'True') return containersReady;
  const closed = (pod.spec.readinessGates ?? []).filter(({ conditionType }) => {
    const gate = pod.status?.conditions?.find(({ type }) => type === conditionType);
    return gate?.status !== 'True';
  });
  if (closed.length === 0) return TRUE;
  const names = closed.map(({ conditionType }) => conditionType).join(', ');
  return {
    status: 'False',
    reason: 'ReadinessGatesNotReady',
    message: `the conditions of these readiness gates are not True: ${names}`,
  };
}
