import type { Taint, Toleration } from '../client/objects.js';

/**
 * The first taint that keeps a pod off a node (effects NoSchedule and NoExecute), or undefined. Rules of
 * core/v1 `Toleration.ToleratesTaint`: no key with Exists tolerates every taint, no effect every effect.
 */
export function untoleratedTaint(
  taints: readonly Taint[],
  tolerations: readonly Toleration[],
): Taint | undefined {
  return taints.find(
    (taint) => repels(taint) && !tolerations.some((toleration) => tolerates(toleration, taint)),
  );
}

function repels({ effect }: Taint): boolean {
  return effect === 'NoSchedule' || effect === 'NoExecute';
}

function tolerates(toleration: Toleration, taint: Taint): boolean {
  if (toleration.effect && toleration.effect !== taint.effect) return false;
  if (toleration.key && toleration.key !== taint.key) return false;
  if (toleration.operator === 'Exists') return true;
  return Boolean(toleration.key) && (toleration.value ?? '') === (taint.value ?? '');
}
