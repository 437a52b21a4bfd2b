import type { Container, PodSpec, QosClass, ResourceList } from '../../client/objects.js';
import { quantityValue } from './quantity.js';

const COMPUTE = ['cpu', 'memory'] as const;

/**
 * The quality of service class, which decides where in the cgroup tree a pod stands (Kubernetes, "Pod Quality of
 * Service Classes"): Guaranteed when every container has limits of CPU and memory and asks for as much as its
 * limits, BestEffort when none names CPU or memory at all, Burstable otherwise.
 */
export function qosClass(spec: Pick<PodSpec, 'containers' | 'initContainers'>): QosClass {
  const containers = [...(spec.initContainers ?? []), ...spec.containers];
  if (containers.every(asksForNothing)) return 'BestEffort';
  return containers.every(isGuaranteed) ? 'Guaranteed' : 'Burstable';
}

function asksForNothing({ resources }: Container): boolean {
  return COMPUTE.every(
    (name) => amount(resources?.requests, name) === 0 && amount(resources?.limits, name) === 0,
  );
}

/** A request that is left out is as much as the limit. */
function isGuaranteed({ resources }: Container): boolean {
  return COMPUTE.every((name) => {
    const limit = amount(resources?.limits, name);
    const asked = resources?.requests?.[name];
    return limit > 0 && (asked === undefined || quantityValue(asked) === limit);
  });
}

function amount(list: ResourceList | undefined, name: string): number {
  return quantityValue(list?.[name] ?? 0);
}
