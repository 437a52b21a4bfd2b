/** The shapes of a pod's cgroup path that a virtual node can have (what kubelets and runtimes really make). */
export const DIALECTS = ['systemd', 'cgroupfs', 'kind'] as const;
export type Dialect = (typeof DIALECTS)[number];

export interface LocalOptions {
  readonly nodes: number;
  /** Given to the nodes in turn. */
  readonly dialects: readonly Dialect[];
  /** 0 = any free one, here and below. */
  readonly managerPort: number;
  readonly apiPort: number;
  /** Of the first node; the next nodes count on. */
  readonly agentPort: number;
  /** Undefined = a temporary folder. */
  readonly stateFolder: string | undefined;
  readonly keepState: boolean;
  readonly samples: boolean;
  readonly json: boolean;
  readonly cgroups: 'auto' | 'real' | 'simulated';
  /** Use this Kubernetes API server instead of our own; must be allowed to make namespaces, pods and nodes. */
  readonly kubeconfig: string | undefined;
  /** The manager's own kubeconfig there, with no more rights than it needs. */
  readonly managerKubeconfig: string | undefined;
  /** Authority of the certificates with which that API server fetches logs from kubelets. */
  readonly kubeletClientAuthority: string | undefined;
}
