import { defined } from '../client/defined.js';
import type { Condition, Node, Pod, PodSpec, ResourceList, Taint } from '../client/objects.js';

/** What placing a pod asks about it. */
export interface PodView {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly createdAt: string;
  readonly generation: number;
  /** Undefined while it waits for a node. */
  readonly nodeName?: string;
  readonly schedulerName: string;
  /** Ended, or being deleted: it needs no place any more. */
  readonly ending: boolean;
  /** Ended for good: it takes no place any more. */
  readonly ended: boolean;
  readonly gated: boolean;
  readonly placement: Pick<
    PodSpec,
    'nodeSelector' | 'tolerations' | 'affinity' | 'topologySpreadConstraints'
  >;
  /** The PodScheduled condition as last seen. */
  readonly scheduled?: Condition;
}

/** What placing a pod asks about a node. */
export interface NodeView {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly ready: boolean;
  readonly unschedulable: boolean;
  readonly taints: readonly Taint[];
  readonly allocatable: ResourceList;
}

const DEFAULT_SCHEDULER = 'default-scheduler';

export function podView({ metadata, spec, status }: Pod): PodView {
  const ended = status?.phase === 'Succeeded' || status?.phase === 'Failed';
  return {
    namespace: metadata.namespace ?? 'default',
    name: metadata.name,
    uid: metadata.uid,
    createdAt: metadata.creationTimestamp ?? '',
    generation: metadata.generation ?? 0,
    schedulerName: spec.schedulerName ?? DEFAULT_SCHEDULER,
    ending: ended || metadata.deletionTimestamp !== undefined,
    ended,
    gated: (spec.schedulingGates ?? []).length > 0,
    placement: defined({
      nodeSelector: spec.nodeSelector,
      tolerations: spec.tolerations,
      affinity: spec.affinity,
      topologySpreadConstraints: spec.topologySpreadConstraints,
    }),
    ...defined({
      nodeName: spec.nodeName || undefined,
      scheduled: status?.conditions?.find(({ type }) => type === 'PodScheduled'),
    }),
  };
}

export function nodeView({ metadata, spec, status }: Node): NodeView {
  return {
    name: metadata.name,
    labels: metadata.labels ?? {},
    ready: status?.conditions?.find(({ type }) => type === 'Ready')?.status === 'True',
    unschedulable: spec?.unschedulable ?? false,
    taints: spec?.taints ?? [],
    allocatable: status?.allocatable ?? {},
  };
}

/** Whether the scheduler has to find a node for a pod. */
export function waitsForNode(pod: PodView): boolean {
  return pod.nodeName === undefined && pod.schedulerName === DEFAULT_SCHEDULER && !pod.ending && !pod.gated;
}
