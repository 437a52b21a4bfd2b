import type { ContainerIdentity } from '../../shared/domain/intent.js';

export type PodPhase = 'Pending' | 'Running' | 'Succeeded' | 'Failed' | 'Unknown';

/** A pod as far as planning looks at it; everything else is dropped when it is read. */
export interface Pod {
  readonly uid: string;
  readonly name: string;
  readonly namespace: string;
  /** Undefined until the pod is bound. */
  readonly nodeName: string | undefined;
  readonly labels: Readonly<Record<string, string>>;
  readonly phase: PodPhase;
  readonly hasRunningContainer: boolean;
  /** The uid its cgroups carry: differs from `uid` only for real mirror pods (DESIGN 4). */
  readonly cgroupUid: string;
  readonly containers: readonly ContainerIdentity[];
}

export type NodeStatus = 'Ready' | 'NotReady' | 'Unknown';

/** A node as far as planning and people look at it. */
export interface ClusterNode {
  readonly name: string;
  readonly status: NodeStatus;
  readonly labels: Readonly<Record<string, string>>;
}

/** Where a node's decision maker listens. */
export interface AgentEndpoint {
  readonly nodeName: string;
  /** Such as `http://10.0.0.7:8080`. */
  readonly origin: string;
  /** Changes when the agent's pod is another one, although name and address may be the same. */
  readonly podUid: string;
}

/** Whether it is the same agent at the same place; none is the same as none. */
export function isSameAgent(a: AgentEndpoint | undefined, b: AgentEndpoint | undefined): boolean {
  return a?.podUid === b?.podUid && a?.origin === b?.origin;
}
