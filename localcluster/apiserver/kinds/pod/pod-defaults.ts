import { withContainerDefaults } from './container-defaults.js';
import type { Container, Pod, PodSpec } from './pod.js';
import { withVolumeDefaults } from './volume-defaults.js';

/** Fills in what a pod's author left out, as Kubernetes does. */
export function withPodDefaults(pod: Pod): Pod {
  const { spec } = pod;
  return {
    ...pod,
    spec: withSpecDefaults(spec),
    status: { ...pod.status, phase: pod.status.phase ?? 'Pending' },
  };
}

function withSpecDefaults(spec: PodSpec): PodSpec {
  const withDefaults = (containers: readonly Container[]) =>
    containers.map((container) => withContainerDefaults(container, spec.hostNetwork ?? false));
  return {
    ...spec,
    ...(spec.volumes && { volumes: spec.volumes.map(withVolumeDefaults) }),
    ...(spec.initContainers && { initContainers: withDefaults(spec.initContainers) }),
    containers: spec.containers && withDefaults(spec.containers),
    restartPolicy: spec.restartPolicy ?? 'Always',
    terminationGracePeriodSeconds: spec.terminationGracePeriodSeconds ?? 30,
    dnsPolicy: spec.dnsPolicy ?? 'ClusterFirst',
    securityContext: spec.securityContext ?? {},
    schedulerName: spec.schedulerName ?? 'default-scheduler',
    enableServiceLinks: spec.enableServiceLinks ?? true,
  };
}
