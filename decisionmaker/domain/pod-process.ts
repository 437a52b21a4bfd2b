/** A process as the node's own files tell it. Values never change; a changed process is a new value. */
export interface PodProcess {
  readonly pid: number;
  /** Clock ticks after boot. (pid, start time) is the identity: another start time is another process. */
  readonly startTimeTicks: number;
  readonly parentPid: number;
  /** At most 15 bytes. */
  readonly comm: string;
  readonly isKernelThread: boolean;
  /** As the pod's cgroup carries it; empty for a process of no pod. */
  readonly podUid: string;
  /** 64 hex digits; undefined outside the pod's containers. */
  readonly containerId: string | undefined;
  /** Arguments joined by blanks. Read only where an intent asks; undefined when it cannot be read. */
  readonly commandLine: string | undefined;
  /** Path of the executable in the process's own file system. Read only where an intent asks. */
  readonly executable: string | undefined;
  /** Without the main thread, whose id is the pid. Listed only where an intent asks. */
  readonly threads: readonly ThreadIdentity[];
}

export interface ThreadIdentity {
  readonly tid: number;
  readonly startTimeTicks: number;
}

/** The processes that were asked for, as they were at one moment. The same object until something changed. */
export interface ProcessSnapshot {
  readonly byPod: ReadonlyMap<string, readonly PodProcess[]>;
  readonly processCount: number;
  /** The node's other processes; empty while nothing is wished for them. */
  readonly ofNoPod: readonly PodProcess[];
}

/** Which processes have to be read, and what about them beyond what every one of them tells. */
export interface ProcessInterest {
  /** Whether processes of no pod are wanted as well. */
  readonly isForWholeNode: boolean;
  /** The pod of a container whose cgroup does not tell it; undefined where nobody knows. */
  podOfContainer(containerId: string): string | undefined;
  /** Whether the processes of this pod are wanted, or, for an empty uid, those of no pod. */
  inPod(podUid: string): boolean;
  inCommandLines(podUid: string): boolean;
  inExecutables(podUid: string): boolean;
  inThreads(process: PodProcess): boolean;
}

export const NO_INTEREST: ProcessInterest = {
  isForWholeNode: false,
  podOfContainer: () => undefined,
  inPod: () => false,
  inCommandLines: () => false,
  inExecutables: () => false,
  inThreads: () => false,
};

/** What an interest asks for, and the processes of every pod beside it. */
export function inEveryPod(interest: ProcessInterest): ProcessInterest {
  return { ...interest, inPod: (podUid) => podUid !== '' || interest.inPod(podUid) };
}
