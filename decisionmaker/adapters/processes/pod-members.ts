import type { CgroupIdentity } from '../../domain/cgroup-path.js';
import type { ProcessInterest } from '../../domain/pod-process.js';
import type { TimeSlice } from './time-slice.js';

/** Which processes are in which pod. */
export interface PodMembers {
  /** Distinct pods among the members, and how many processes they have. */
  readonly podCount: number;
  readonly podProcessCount: number;
  /**
   * By pid. The same identity object for as long as the process stays where it is. Processes of no pod, with no
   * pod uid in their identity, are among them only where the interest is for the whole node.
   */
  readonly processes: ReadonlyMap<number, CgroupIdentity>;
  /** Entries that stand for processes of another pid namespace, which nobody here can name. */
  readonly hiddenCount: number;
  /** Processes whose cgroups name two pods: they belong to none. */
  readonly conflictCount: number;
}

/** What of a process's interest decides who is a member. */
export type MemberInterest = Pick<ProcessInterest, 'isForWholeNode' | 'podOfContainer'>;

/** One way to find out which processes are in which pod. */
export interface PodMemberSource {
  /**
   * undefined when this way is not open at all; single failures in it are normal. May give the same object as
   * before when no process came, went or moved.
   */
  read(slice: TimeSlice, interest: MemberInterest): Promise<PodMembers | undefined>;
}

export const NO_MEMBERS: PodMembers = podMembers(new Map(), 0, 0);

export function podMembers(
  processes: PodMembers['processes'],
  hiddenCount: number,
  conflictCount: number,
): PodMembers {
  const pods = new Set<string>();
  let podProcessCount = 0;
  for (const { podUid } of processes.values()) {
    if (podUid === null) continue;
    pods.add(podUid);
    podProcessCount++;
  }
  return { processes, hiddenCount, conflictCount, podCount: pods.size, podProcessCount };
}
