import type { KubeObject } from '../../../shared/kubernetes/kube-object.js';
import type { ClusterNode, NodeStatus } from '../../domain/cluster.js';
import { internLabels } from './string-interner.js';

export interface RawNode extends KubeObject {
  readonly status?: {
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  };
}

/** Keeps of a node what planning and people look at. `intern` as for pods: pods carry their node's name. */
export function toClusterNode({ metadata, status }: RawNode, intern: (text: string) => string): ClusterNode {
  const ready = status?.conditions?.find(({ type }) => type === 'Ready');
  return {
    name: intern(metadata.name),
    status: statusOf(ready?.status),
    labels: internLabels(metadata.labels, intern),
  };
}

/** The public words for a node's state (contract 1.9): no Ready condition = Unknown, not True = NotReady. */
function statusOf(ready: string | undefined): NodeStatus {
  if (ready === undefined) return 'Unknown';
  return ready === 'True' ? 'Ready' : 'NotReady';
}
