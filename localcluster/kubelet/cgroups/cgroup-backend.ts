export type BackendKind = 'real' | 'simulated';

/** Where another program on this node finds processes and groups, as written to `node-roots.json`. */
export interface NodeRoots {
  readonly backend: BackendKind;
  /** Absolute path of what is `/proc` to that program. */
  readonly procRoot: string;
  /** Absolute path of the folder that the paths of groups are relative to. */
  readonly cgroupRoot: string;
  /** Why it is this backend, for people. */
  readonly reason: string;
}

/**
 * The groups of one node's processes. Paths are relative to the node's root, without a leading slash. A process
 * enters a group by writing its id into the `cgroup.procs` of the group's folder, and its children are in it too.
 */
export interface CgroupBackend {
  readonly roots: NodeRoots;
  /** Kills and removes what an earlier run has left, then makes the node's root. */
  start(): Promise<void>;
  /** Makes a group and what is missing above it. */
  create(path: string): Promise<void>;
  /** The absolute folder of a group. */
  folder(path: string): string;
  /** Tells that the first process of a container has been started on its way into the container's group. */
  entered(path: string, containerId: string, pid: number): void;
  /** Kills everything in a group and below, and resolves when it is empty; rejects when it does not get empty. */
  kill(path: string): Promise<void>;
  /** Removes an empty group with everything below. No error when there is none. */
  remove(path: string): Promise<void>;
  /** Kills everything and removes the node's root. */
  stop(): Promise<void>;
  /** The same at once and in any way possible, for a process that is about to exit. */
  stopNow(): void;
}
