import { describe, expect, it } from 'vitest';
import { cgroupMounts, ownCgroup } from './cgroup-mounts.js';

const HYBRID = `31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755
32 31 0:29 / /sys/fs/cgroup/cpu rw,relatime - cgroup cgroup rw,cpu
41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw
`;

describe('cgroupMounts', () => {
  it('finds the v2 mount of a hybrid host', () => {
    expect(cgroupMounts(HYBRID)).toEqual(['/sys/fs/cgroup/unified']);
  });

  it('finds the only mount of a v2 host, with optional fields and escapes', () => {
    const line = '30 24 0:27 / /sys/fs/my\\040cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n';

    expect(cgroupMounts(line)).toEqual(['/sys/fs/my cgroup']);
  });

  it('finds nothing where there is nothing', () => {
    expect(cgroupMounts('')).toEqual([]);
    expect(cgroupMounts('garbage\n22 1 0:2 / / rw - ext4 /dev/cgroup2 rw\n')).toEqual([]);
  });
});

describe('ownCgroup', () => {
  it('is the group of the v2 line', () => {
    expect(ownCgroup('8:pids:/\n4:memory:/a\n0::/user.slice/x:y\n')).toBe('/user.slice/x:y');
    expect(ownCgroup('8:pids:/\n')).toBe('/');
  });
});
