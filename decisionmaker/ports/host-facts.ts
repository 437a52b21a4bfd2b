/** What the kernel says about sched_ext. */
export interface SchedExtState {
  readonly supported: boolean;
  /** Why it cannot be used here. */
  readonly reason?: string;
  /** As the kernel words it, such as `enabled`. */
  readonly state?: string;
  /** Name of the loaded scheduler. */
  readonly ops?: string;
}

export interface HostFacts {
  schedExt(): Promise<SchedExtState>;
  readonly kernelRelease: string;
}
