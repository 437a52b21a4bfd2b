/** What the kernel says about sched_ext. */
export interface SchedExtState {
  /** Whether the kernel has it. */
  readonly supported: boolean;
  /** Why it cannot be used here, or why its state is not known. */
  readonly reason?: string;
  /** As the kernel words it, such as `enabled`. */
  readonly state?: string;
  /** Name of the loaded scheduler. */
  readonly ops?: string;
  /** Whether the loaded scheduler takes every ordinary task, or only those that ask for it. */
  readonly switchAll?: boolean;
}

/** What the system lets this process do. */
export interface AgentRights {
  /** Effective user id. */
  readonly uid: number;
  /** Effective capabilities by their names in capabilities(7), such as `CAP_SYS_PTRACE`. */
  readonly capabilities: readonly string[];
}

/** What the machine tells about itself and about this process. Asked anew from time to time: a scheduler may be ejected. */
export interface HostFacts {
  readonly kernelRelease: string;
  /** At most a second old. */
  schedExt(): SchedExtState;
  rights(): AgentRights;
}
