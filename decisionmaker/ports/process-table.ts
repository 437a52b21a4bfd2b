import type { ProcessInterest, ProcessSnapshot } from '../domain/pod-process.js';

/** How the processes of pods are found on this node, for the capabilities answer. */
export interface ProcessDiscovery {
  readonly cgroupVersion: 'v2' | 'v1' | 'unknown';
  readonly source: 'cgroup tree' | 'proc scan';
  readonly hostPidNamespace: boolean;
  readonly hostCgroupNamespace: boolean;
}

/** What a process table tells about itself. */
export interface ProcessFacts {
  discovery(): ProcessDiscovery;
  /** Failed reads since the start by the system's name of the failure; ended processes are among them. */
  readErrors(): ReadonlyMap<string, number>;
}

/** What a process table holds of the system, and what it refuses. */
export interface ProcessTableCounts {
  /** Processes of pods, whether anybody asks for them or not. */
  readonly processes: number;
  /** Pods with processes. */
  readonly pods: number;
  /** Processes whose cgroups name two pods: they belong to none. */
  readonly conflicts: number;
  /** Folders that the kernel tells changes of. */
  readonly watches: number;
  /** Files kept open between two looks. */
  readonly openFiles: number;
}

/**
 * The processes of the node, as the node's own files tell them. Processes come and go while they are
 * read, so a snapshot may miss one that began, or hold one that ended, in the last few milliseconds; it never
 * holds a process under another one's identity.
 */
export interface ProcessTable extends ProcessFacts {
  /**
   * Reads what changed. Gives the same object while nothing did. Rejects with `unavailable` when the node cannot
   * be read at all, which must never be taken for a node without processes. One call at a time.
   */
  refresh(interest: ProcessInterest): Promise<ProcessSnapshot>;
  counts(): ProcessTableCounts;
  /** Releases files and watches. No call follows. */
  close(): void;
}
