import type { CgroupIdentity } from '../../domain/cgroup-path.js';
import type { TimeSlice } from './time-slice.js';

/** Which processes are in which pod. */
export interface PodMembers {
  /** By pid. The same identity object for as long as the process stays where it is. */
  readonly processes: ReadonlyMap<number, CgroupIdentity>;
  /** Entries that stand for processes of another pid namespace, which nobody here can name. */
  readonly hiddenCount: number;
}

/** One way to find out which processes are in which pod. */
export interface PodMemberSource {
  /** undefined when this way is not open at all; single failures in it are normal. */
  read(slice: TimeSlice): Promise<PodMembers | undefined>;
}
