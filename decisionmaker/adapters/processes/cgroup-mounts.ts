/** One mounted cgroup v2 hierarchy. */
export interface CgroupMount {
  readonly mountPoint: string;
  /** The cgroup that is seen at the mount point. */
  readonly root: string;
}

/** The cgroup v2 mounts in the text of /proc/PID/mountinfo (proc_pid_mountinfo(5)). */
export function cgroupMountsIn(mountinfo: string): readonly CgroupMount[] {
  return mountinfo.split('\n').flatMap((line) => {
    const [mount, source] = line.split(' - ');
    const [root, mountPoint] = mount?.split(' ').slice(3, 5) ?? [];
    if (source?.split(' ')[0] !== 'cgroup2' || root === undefined || mountPoint === undefined) return [];
    return { mountPoint: unescapePath(mountPoint), root: unescapePath(root) };
  });
}

/**
 * The cgroup path of a folder, as /proc/PID/cgroup would name it; empty for the topmost cgroup, undefined when no
 * v2 hierarchy is mounted there, or one of which this process cannot see the top.
 */
export function cgroupPathOf(folder: string, mounts: readonly CgroupMount[]): string | undefined {
  const mount = mounts
    .filter(({ mountPoint }) => folder === mountPoint || folder.startsWith(`${mountPoint}/`))
    .toSorted((a, b) => b.mountPoint.length - a.mountPoint.length)[0];
  if (mount === undefined || mount.root.startsWith('/..')) return undefined;
  return `${mount.root}${folder.slice(mount.mountPoint.length)}`.replace(/^\/+/, '/').replace(/\/$/, '');
}

/** Blanks, tabs, line feeds and backslashes stand as three octal digits. */
function unescapePath(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_all, octal: string) =>
    String.fromCharCode(Number.parseInt(octal, 8)),
  );
}
