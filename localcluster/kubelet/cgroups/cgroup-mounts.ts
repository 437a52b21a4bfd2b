/**
 * The mount points of cgroup v2 in the text of /proc/self/mountinfo (proc_pid_mountinfo(5)), in the order in which
 * they stand there. On a hybrid host that is one below the v1 controllers.
 */
export function cgroupMounts(mountinfo: string): string[] {
  return mountinfo.split('\n').flatMap((line) => {
    const [mount = '', filesystem = ''] = line.split(' - ');
    const mountPoint = mount.split(' ')[4];
    return filesystem.startsWith('cgroup2 ') && mountPoint !== undefined ? [unescaped(mountPoint)] : [];
  });
}

/** The kernel writes space, tab, line feed and backslash as three octal digits. */
function unescaped(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  );
}

/** A process's own v2 group in the text of /proc/self/cgroup, such as `/user.slice/x`; `/` when it has none. */
export function ownCgroup(cgroup: string): string {
  return /^0::(\/.*)$/m.exec(cgroup)?.[1] ?? '/';
}
