export const PODS_PATH = '/api/v1/pods';
export const NODES_PATH = '/api/v1/nodes';
/** Where the leases of nodes are, whose renewal says that the kubelet lives. */
export const NODE_LEASES_PATH = '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases';

/** The path of a pod, or with `subresource` of a part of it. */
export function podPath(
  pod: { readonly namespace?: string; readonly name: string },
  subresource?: 'status' | 'binding',
): string {
  const path = `${namespacePath(pod.namespace)}/pods/${encodeURIComponent(pod.name)}`;
  return subresource === undefined ? path : `${path}/${subresource}`;
}

export function eventsPath(namespace: string | undefined): string {
  return `${namespacePath(namespace)}/events`;
}

function namespacePath(namespace = 'default'): string {
  return `/api/v1/namespaces/${encodeURIComponent(namespace)}`;
}
