import { readFileSync, readlinkSync } from 'node:fs';
import path from 'node:path';
import type { PodMembers } from './pod-members.js';

/** The first namespaces of a booted kernel have fixed numbers (include/linux/proc_ns.h). */
const FIRST_PID_NAMESPACE = 'pid:[4026531836]';
const FIRST_CGROUP_NAMESPACE = 'cgroup:[4026531835]';

/**
 * Whether pids mean here what they mean to the scheduler. A node may itself be a container, as those of kind are,
 * so having named every process of its pods counts as well as being in the machine's first namespace.
 */
export function hasHostPidNamespace(members: PodMembers): boolean {
  if (members.hiddenCount > 0) return false;
  return members.processes.size > 0 || ownNamespace('pid') === FIRST_PID_NAMESPACE;
}

/** Whether cgroup paths are seen from the top: from inside a container they begin with `/..`. */
export function hasHostCgroupNamespace(procRoot: string): boolean {
  try {
    const paths = readFileSync(path.join(procRoot, '1', 'cgroup'), 'utf8');
    return !/^\d+:[^:]*:\/\.\./m.test(paths);
  } catch {
    return ownNamespace('cgroup') === FIRST_CGROUP_NAMESPACE;
  }
}

function ownNamespace(kind: 'pid' | 'cgroup'): string | undefined {
  try {
    return readlinkSync(`/proc/self/ns/${kind}`);
  } catch {
    return undefined;
  }
}
