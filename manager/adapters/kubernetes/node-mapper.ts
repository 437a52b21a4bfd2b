import type { KubeObject } from '../../../shared/kubernetes/kube-object.js';
import type { ClusterNode, NodeStatus } from '../../domain/cluster.js';

export interface RawNode extends KubeObject {
  readonly status?: {
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  };
}

/** The public words for a node's state (contract 1.9): no Ready condition = Unknown, not True = NotReady. */
export function toClusterNode({ metadata, status }: RawNode): ClusterNode {
  const ready = status?.conditions?.find(({ type }) => type === 'Ready');
  return { name: metadata.name, status: statusOf(ready?.status) };
}

function statusOf(ready: string | undefined): NodeStatus {
  if (ready === undefined) return 'Unknown';
  return ready === 'True' ? 'Ready' : 'NotReady';
}
