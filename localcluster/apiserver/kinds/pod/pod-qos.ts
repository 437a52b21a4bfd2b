import { compareQuantities } from '../../objects/quantity.js';
import type { Container, PodSpec } from './pod.js';

const RESOURCES = ['cpu', 'memory'];

export type QosClass = 'Guaranteed' | 'Burstable' | 'BestEffort';

/**
 * How well a pod is served when a node runs short (Kubernetes, "Pod Quality of Service Classes"): Guaranteed when
 * every container's cpu and memory are limited to what it asks for, BestEffort when none asks for any.
 */
export function qosClass(spec: PodSpec): QosClass {
  const containers = [...(spec.containers ?? []), ...(spec.initContainers ?? [])];
  if (!containers.some(asksForSomething)) return 'BestEffort';
  return containers.every(isLimitedToItsRequest) ? 'Guaranteed' : 'Burstable';
}

function asksForSomething({ resources: { requests = {}, limits = {} } }: Container): boolean {
  return RESOURCES.some((name) => isPositive(requests[name]) || isPositive(limits[name]));
}

function isLimitedToItsRequest({ resources: { requests = {}, limits = {} } }: Container): boolean {
  return RESOURCES.every((name) => {
    const limit = limits[name];
    return (
      limit !== undefined && isPositive(limit) && compareQuantities(requests[name] ?? limit, limit) === 0
    );
  });
}

function isPositive(amount: string | undefined): boolean {
  return amount !== undefined && compareQuantities(amount, '0') > 0;
}
