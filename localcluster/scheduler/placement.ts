import type { PodSpec } from '../client/objects.js';
import { matchesNodeSelection } from './node-selection.js';
import { untoleratedTaint } from './tolerations.js';
import type { NodeView } from './views.js';

export interface Candidate {
  readonly node: NodeView;
  /** Pods that have a place on it and have not ended. */
  readonly pods: number;
}

/** Where a pod goes, or why it can go nowhere, in the words of the Kubernetes scheduler. */
export type Placement = { readonly nodeName: string } | { readonly unschedulable: string };

type PodPlacement = Pick<PodSpec, 'nodeSelector' | 'tolerations' | 'affinity' | 'topologySpreadConstraints'>;

/** Answers why a node cannot take a pod, or undefined when it can. */
type Filter = (pod: PodPlacement, candidate: Candidate) => string | undefined;

/** Asked in this order; the first answer is the reason that people read. */
const FILTERS: readonly Filter[] = [notReady, cordoned, tainted, notSelected, unoffered, full];

/** Finds a place for one pod: what fits, then the fewest pods, then the name. */
export function place(pod: PodPlacement, candidates: readonly Candidate[]): Placement {
  if (candidates.length === 0) return { unschedulable: 'no nodes available to schedule pods' };
  const reasons = new Map<string, number>();
  let best: Candidate | undefined;
  for (const candidate of candidates) {
    const reason = whyNot(pod, candidate);
    if (reason !== undefined) reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
    else if (best === undefined || isBetter(candidate, best)) best = candidate;
  }
  if (best !== undefined) return { nodeName: best.node.name };
  return { unschedulable: explain(candidates.length, reasons) };
}

function whyNot(pod: PodPlacement, candidate: Candidate): string | undefined {
  for (const filter of FILTERS) {
    const reason = filter(pod, candidate);
    if (reason !== undefined) return reason;
  }
  return undefined;
}

function isBetter(candidate: Candidate, than: Candidate): boolean {
  if (candidate.pods !== than.pods) return candidate.pods < than.pods;
  return candidate.node.name < than.node.name;
}

function explain(nodes: number, reasons: ReadonlyMap<string, number>): string {
  const parts = [...reasons].map(([reason, count]) => `${count} ${reason}`).sort();
  return `0/${nodes} nodes are available: ${parts.join(', ')}.`;
}

const UNSCHEDULABLE = 'node.kubernetes.io/unschedulable';

function notReady(_pod: PodPlacement, { node }: Candidate): string | undefined {
  return node.ready ? undefined : 'node(s) were not ready';
}

/** A pod that tolerates the taint of cordoned nodes may go there (Kubernetes, NodeUnschedulable). */
function cordoned(pod: PodPlacement, { node }: Candidate): string | undefined {
  const taint = { key: UNSCHEDULABLE, effect: 'NoSchedule' };
  const keepsAway = node.unschedulable && untoleratedTaint([taint], pod.tolerations ?? []) !== undefined;
  return keepsAway ? 'node(s) were unschedulable' : undefined;
}

/**
 * Taints that only repeat what the node's own fields say: the API server sets the first on every new node and a
 * controller takes it away. There need not be one here, and the fields themselves are asked above.
 */
const MIRRORED_TAINTS = new Set(['node.kubernetes.io/not-ready', UNSCHEDULABLE]);

function tainted(pod: PodPlacement, { node }: Candidate): string | undefined {
  const taints = node.taints.filter(({ key }) => !MIRRORED_TAINTS.has(key));
  const taint = untoleratedTaint(taints, pod.tolerations ?? []);
  return taint && `node(s) had untolerated taint {${taint.key}: ${taint.value ?? ''}}`;
}

function notSelected(pod: PodPlacement, { node }: Candidate): string | undefined {
  return matchesNodeSelection(pod, node) ? undefined : "node(s) didn't match Pod's node affinity/selector";
}

/** A rule that must hold and that this scheduler cannot judge is never broken silently. */
function unoffered(pod: PodPlacement): string | undefined {
  const { affinity, topologySpreadConstraints = [] } = pod;
  const required = [affinity?.podAffinity, affinity?.podAntiAffinity].flatMap(
    (rules) => rules?.requiredDuringSchedulingIgnoredDuringExecution ?? [],
  );
  if (required.length > 0) return 'node(s) not judged: required pod (anti-)affinity is not offered here';
  if (topologySpreadConstraints.some((rule) => rule.whenUnsatisfiable !== 'ScheduleAnyway')) {
    return 'node(s) not judged: required topology spread is not offered here';
  }
  return undefined;
}

function full(_pod: PodPlacement, { node, pods }: Candidate): string | undefined {
  const most = Number(node.allocatable.pods ?? Number.POSITIVE_INFINITY);
  return pods < most ? undefined : 'Too many pods';
}
