import { type LabelRequirement, unmetRequirement } from '../../shared/domain/label-selector.js';
import type { Pod } from './cluster.js';
import type { Grant } from './permission.js';
import type { Strategy } from './strategy.js';
import { reachesNamespace } from './strategy-reach.js';

/** What matching needs to know besides the strategy and the pod. */
export interface MatchingContext {
  /** Unix milliseconds. */
  readonly nowMs: number;
  /** Namespaces that only a strategy that names them reaches. */
  readonly protectedNamespaces: ReadonlySet<string>;
  /** The owner's grants to keep strategies; none = the owner lost the right. */
  readonly ownerGrants: readonly Grant[];
}

/** Why a strategy concerns no pod at all, now, in words for people; undefined when it may. */
export function whyInactive({ spec }: Strategy, { nowMs, ownerGrants }: MatchingContext): string | undefined {
  if (!spec.enabled) return 'the strategy is disabled';
  if (spec.expiresAt !== undefined && spec.expiresAt <= nowMs) return 'the strategy has expired';
  if (ownerGrants.length === 0) return "the owner's roles no longer allow strategies";
  return undefined;
}

/**
 * Why a strategy that is active does not concern a pod; undefined when it does. The questions go from the strategy to
 * the pod, and the first that is answered with a reason wins.
 */
export function whyPodNotMatched({ spec }: Strategy, pod: Pod, context: MatchingContext): string | undefined {
  return (
    whyNotRunning(pod) ??
    whyOtherNamespace(spec.k8sNamespace, pod.namespace) ??
    whyProtected(spec.k8sNamespace, pod.namespace, context.protectedNamespaces) ??
    whyUnmet(spec.labelSelectors, pod) ??
    whyOutOfReach(spec, pod.namespace, context.ownerGrants)
  );
}

/** An intent needs processes: the pod is bound and runs, or at least one of its containers does (DESIGN 3). */
function whyNotRunning(pod: Pod): string | undefined {
  if (pod.nodeName === undefined) return 'the pod is not bound to a node yet';
  if (pod.phase === 'Running' || pod.hasRunningContainer) return undefined;
  return `the pod is ${pod.phase} and none of its containers runs`;
}

function whyOtherNamespace(namespaces: readonly string[], namespace: string): string | undefined {
  if (namespaces.length === 0 || namespaces.includes(namespace)) return undefined;
  return `namespace ${namespace} is not one of ${namespaces.join(', ')}`;
}

function whyProtected(
  named: readonly string[],
  namespace: string,
  protectedNamespaces: ReadonlySet<string>,
): string | undefined {
  if (!protectedNamespaces.has(namespace) || named.includes(namespace)) return undefined;
  return `namespace ${namespace} is protected: a strategy must name it`;
}

function whyUnmet(requirements: readonly LabelRequirement[], pod: Pod): string | undefined {
  const unmet = unmetRequirement(requirements, pod.labels);
  if (unmet === undefined) return undefined;
  const values = unmet.values.length > 0 ? ` ${unmet.values.join(', ')}` : '';
  return `label ${unmet.key} does not meet ${unmet.operator}${values}`;
}

function whyOutOfReach(
  spec: Strategy['spec'],
  namespace: string,
  grants: readonly Grant[],
): string | undefined {
  if (reachesNamespace(grants, spec, namespace)) return undefined;
  return `the owner's roles do not cover namespace ${namespace} with priority ${spec.priority}`;
}
