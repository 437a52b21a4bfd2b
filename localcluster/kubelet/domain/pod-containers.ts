import type { Container, PodSpec, RestartPolicy } from '../../client/objects.js';

/** What a container is for its pod: an init container with restartPolicy Always is a sidecar (KEP-753). */
export type ContainerRole = 'init' | 'sidecar' | 'main';

export interface PodContainer {
  readonly container: Container;
  readonly role: ContainerRole;
  /** The policy that holds for this container, whatever the pod's is. */
  readonly policy: RestartPolicy;
}

/** All containers of a pod in the order in which they start (Kubernetes, "Init Containers"). */
export function podContainers(
  spec: Pick<PodSpec, 'containers' | 'initContainers' | 'restartPolicy'>,
): PodContainer[] {
  const policy = spec.restartPolicy ?? 'Always';
  const before = (spec.initContainers ?? []).map((container): PodContainer => {
    if (container.restartPolicy === 'Always') return { container, role: 'sidecar', policy: 'Always' };
    // One that has done its work is not run again, whatever the pod's policy.
    return { container, role: 'init', policy: policy === 'Always' ? 'OnFailure' : policy };
  });
  return [...before, ...spec.containers.map((container) => ({ container, role: 'main', policy }) as const)];
}
