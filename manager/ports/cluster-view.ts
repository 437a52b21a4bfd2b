import type { AgentEndpoint, ClusterNode, Pod } from '../domain/cluster.js';

/** The cluster as last seen. Eventually consistent: states in between may be skipped. */
export interface ClusterView {
  /** True once everything has been listed; until then the cluster looks emptier than it is. */
  readonly synced: boolean;
  pods(): Iterable<Pod>;
  nodes(): Iterable<ClusterNode>;
  /** Where the decision makers are, at most one a node, by node name. */
  agents(): ReadonlyMap<string, AgentEndpoint>;
  /** Calls back after any change that planning or delivery could care about. No payload: look at the state. */
  onChange(listener: () => void): void;
}
