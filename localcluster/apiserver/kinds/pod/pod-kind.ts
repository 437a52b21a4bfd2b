import { isDeepStrictEqual } from 'node:util';
import { orNone, since } from '../cells.js';
import type { Kind, TableRow } from '../kind.js';
import { PLAIN_KIND } from '../plain-kind.js';
import { AGE_COLUMN, column, NAME_COLUMN, wideColumn } from '../table-columns.js';
import type { Pod, PodStatus } from './pod.js';
import { admitPod } from './pod-admission.js';
import { withPodDefaults } from './pod-defaults.js';
import { qosClass } from './pod-qos.js';
import { summarisePod } from './pod-summary.js';
import { podStatusUpdateFaults, podUpdateFaults } from './pod-update-rules.js';
import { podFaults } from './pod-validation.js';

/** Pods. */
export const POD_KIND: Kind<Pod> = {
  ...PLAIN_KIND,
  kind: 'Pod',
  plural: 'pods',
  singular: 'pod',
  shortNames: ['po'],
  categories: ['all'],
  subresources: [
    { name: 'binding', kind: 'Binding', verbs: ['create'] },
    { name: 'eviction', kind: 'Eviction', group: 'policy', version: 'v1', verbs: ['create'] },
    { name: 'log', kind: 'Pod', verbs: ['get'] },
    { name: 'status', kind: 'Pod', verbs: ['get', 'patch', 'update'] },
  ],
  columns: [
    NAME_COLUMN,
    column('Ready', "How many of the pod's containers are ready."),
    column('Status', 'What the pod is doing, from its phase and its containers.'),
    column('Restarts', 'How often containers were restarted, and when last.'),
    AGE_COLUMN,
    wideColumn('IP', "The pod's address."),
    wideColumn('Node', 'Where the pod runs.'),
    wideColumn('Nominated Node', 'Where room is being made for the pod.'),
    wideColumn('Readiness Gates', 'How many of the extra conditions for readiness are met.'),
  ],
  row,
  selectableFields: {
    'spec.nodeName': ({ spec }) => spec.nodeName ?? '',
    'spec.restartPolicy': ({ spec }) => spec.restartPolicy ?? '',
    'spec.schedulerName': ({ spec }) => spec.schedulerName ?? '',
    'spec.serviceAccountName': ({ spec }) => spec.serviceAccountName ?? '',
    'spec.hostNetwork': ({ spec }) => String(spec.hostNetwork ?? false),
    'status.phase': ({ status }) => status.phase ?? '',
    'status.podIP': ({ status }) => status.podIPs?.[0]?.ip ?? '',
    'status.podIPs': ({ status }) => status.podIPs?.[0]?.ip ?? '',
    'status.nominatedNodeName': ({ status }) => status.nominatedNodeName ?? '',
  },
  defaults: (pod) => withPodIps(withPodDefaults(pod)),
  admit: admitPod,
  prepareForCreate: (pod) => ({
    ...pod,
    metadata: { ...pod.metadata, generation: 1 },
    status: initialStatus(pod),
  }),
  prepareForUpdate: (next, current) => ({
    ...withGeneration(next, current),
    status: current.status,
  }),
  prepareForStatusUpdate: (next, current) => ({
    ...next,
    metadata: { ...next.metadata, ...ownersOf(current) },
    spec: current.spec,
    status: { ...next.status, qosClass: next.status.qosClass ?? current.status.qosClass ?? 'BestEffort' },
  }),
  validate: podFaults,
  validateUpdate: podUpdateFaults,
  validateStatusUpdate: (next, current) => podStatusUpdateFaults(next.status, current.status),
  graceSeconds,
};

function initialStatus({ spec }: Pod): PodStatus {
  const status = { phase: 'Pending', qosClass: qosClass(spec) };
  if ((spec.schedulingGates ?? []).length === 0) return status;
  const gated = {
    type: 'PodScheduled',
    status: 'False',
    reason: 'SchedulingGated',
    message: 'Scheduling is blocked due to non-empty scheduling gates',
    lastProbeTime: null,
    lastTransitionTime: null,
  };
  return { ...status, conditions: [gated] };
}

/** `podIP` is the first of `podIPs`; either may be given alone, and where they differ it has the say. */
function withPodIps(pod: Pod): Pod {
  const { podIP, podIPs } = pod.status;
  if (podIP !== undefined && podIPs?.[0]?.ip !== podIP) {
    return { ...pod, status: { ...pod.status, podIPs: [{ ip: podIP }] } };
  }
  const first = podIPs?.[0];
  return podIP === undefined && first !== undefined
    ? { ...pod, status: { ...pod.status, podIP: first.ip } }
    : pod;
}

/** The generation counts changes of the specification. */
function withGeneration(next: Pod, current: Pod): Pod {
  const { generation = 1 } = current.metadata;
  const changed = !isDeepStrictEqual(next.spec, current.spec);
  return { ...next, metadata: { ...next.metadata, generation: changed ? generation + 1 : generation } };
}

function ownersOf({ metadata }: Pod): Pick<Pod['metadata'], 'ownerReferences'> {
  return metadata.ownerReferences === undefined ? {} : { ownerReferences: metadata.ownerReferences };
}

/** A pod that no kubelet has, or whose containers have ended, needs no time to end. */
function graceSeconds({ spec, status }: Pod, askedSec: number | undefined): number {
  const ended = status.phase === 'Failed' || status.phase === 'Succeeded';
  if (spec.nodeName === undefined || ended) return 0;
  const grace = askedSec ?? spec.terminationGracePeriodSeconds ?? 30;
  return grace < 0 ? 1 : grace;
}

function row(pod: Pod, nowMs: number): TableRow {
  const { metadata, spec, status } = pod;
  const summary = summarisePod(pod);
  const { restarts, lastRestart } = summary;
  const cells = [
    metadata.name ?? '',
    `${summary.readyContainers}/${summary.totalContainers}`,
    summary.status,
    restarts > 0 && lastRestart !== undefined
      ? `${restarts} (${since(lastRestart, nowMs)} ago)`
      : `${restarts}`,
    since(metadata.creationTimestamp, nowMs),
    orNone(status.podIPs?.[0]?.ip),
    orNone(spec.nodeName),
    orNone(status.nominatedNodeName),
    readinessGates(pod),
  ];
  const end = endCondition(status.phase);
  return end === undefined ? { cells } : { cells, conditions: [end] };
}

function readinessGates({ spec, status }: Pod): string {
  if (spec.readinessGates === undefined) return '<none>';
  const met = spec.readinessGates.filter(({ conditionType }) =>
    status.conditions?.some((condition) => condition.type === conditionType && condition.status === 'True'),
  );
  return `${met.length}/${spec.readinessGates.length}`;
}

function endCondition(phase: string | undefined) {
  switch (phase) {
    case 'Succeeded':
      return {
        type: 'Completed',
        status: 'True',
        reason: 'Succeeded',
        message: 'The pod has completed successfully.',
      };
    case 'Failed':
      return { type: 'Completed', status: 'True', reason: 'Failed', message: 'The pod failed.' };
    default:
      return undefined;
  }
}
