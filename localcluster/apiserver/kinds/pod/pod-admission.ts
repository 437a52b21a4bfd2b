import { forbidden } from '../../errors/refusals.js';
import type { Pod, Toleration } from './pod.js';

const PODS = { group: '', resource: 'pods' };

/** The priority classes that every cluster has. */
const PRIORITY_CLASSES: ReadonlyMap<string, number> = new Map([
  ['system-cluster-critical', 2_000_000_000],
  ['system-node-critical', 2_000_001_000],
]);

/** How long a pod stays on a node that is not ready or cannot be reached. */
const DEFAULT_TOLERATION_SEC = 300;
const NODE_TROUBLES = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'];

/**
 * What the cluster's own rules add to a pod: its priority, and the tolerations that keep it on a node in trouble
 * for a while. On an update the priority stays what it was.
 */
export function admitPod(next: Pod, current: Pod | undefined): Pod {
  const { name = '' } = next.metadata;
  const priority = current?.spec.priority ?? priorityOf(name, next.spec.priorityClassName);
  if (next.spec.priority !== undefined && next.spec.priority !== priority && current === undefined) {
    throw forbidden(
      PODS,
      name,
      `the integer value of priority (${next.spec.priority}) must not be provided in pod spec; ` +
        `priority admission controller computed ${priority} from the given PriorityClass name`,
    );
  }
  const preemptionPolicy = current?.spec.preemptionPolicy ?? 'PreemptLowerPriority';
  return {
    ...next,
    spec: {
      ...next.spec,
      ...tolerations(next),
      priority: next.spec.priority ?? priority,
      preemptionPolicy: next.spec.preemptionPolicy ?? preemptionPolicy,
    },
  };
}

function priorityOf(podName: string, className: string | undefined): number {
  if (className === undefined) return 0;
  const priority = PRIORITY_CLASSES.get(className);
  if (priority !== undefined) return priority;
  throw forbidden(PODS, podName, `no PriorityClass with name ${className} was found`);
}

function tolerations({ spec }: Pod): { readonly tolerations?: readonly Toleration[] } {
  const given = spec.tolerations ?? [];
  const added = NODE_TROUBLES.filter((key) => !given.some((toleration) => tolerates(toleration, key))).map(
    (key) => ({
      key,
      operator: 'Exists',
      effect: 'NoExecute',
      tolerationSeconds: DEFAULT_TOLERATION_SEC,
    }),
  );
  const all = [...given, ...added];
  return all.length === 0 ? {} : { tolerations: all };
}

function tolerates({ key, effect }: Toleration, taint: string): boolean {
  return (key === undefined || key === taint) && (effect === undefined || effect === 'NoExecute');
}
