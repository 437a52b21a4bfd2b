import { describe, expect, it } from 'vitest';
import { cgroupMountsIn, cgroupPathOf } from './cgroup-mounts.js';

const HOST = [
  '25 30 0:23 / /sys/fs/cgroup ro,nosuid shared:9 - tmpfs tmpfs ro,mode=755',
  '26 25 0:24 / /sys/fs/cgroup/unified rw,nosuid shared:10 - cgroup2 cgroup2 rw,nsdelegate',
  '27 25 0:25 / /sys/fs/cgroup/pids rw shared:11 - cgroup cgroup rw,pids',
  '90 30 0:24 /podium/node-1 /mnt/my\\040node rw - cgroup2 cgroup2 rw',
  '91 30 0:24 /../../neighbour /mnt/other rw - cgroup2 cgroup2 rw',
  '',
].join('\n');

describe('cgroupMountsIn', () => {
  it('finds the v2 mounts among others, with or without optional fields', () => {
    expect(cgroupMountsIn(HOST)).toEqual([
      { mountPoint: '/sys/fs/cgroup/unified', root: '/' },
      { mountPoint: '/mnt/my node', root: '/podium/node-1' },
      { mountPoint: '/mnt/other', root: '/../../neighbour' },
    ]);
  });

  it('finds nothing in a text that is no mount table', () => {
    expect(cgroupMountsIn('x - cgroup2\n - \n25 30 0:23 / - cgroup2 x y')).toEqual([]);
  });
});

describe('cgroupPathOf', () => {
  const mounts = cgroupMountsIn(HOST);

  it.each([
    ['/sys/fs/cgroup/unified', ''],
    ['/sys/fs/cgroup/unified/podium/node-2', '/podium/node-2'],
    ['/mnt/my node', '/podium/node-1'],
    ['/mnt/my node/kubepods', '/podium/node-1/kubepods'],
    ['/mnt/other/kubepods', undefined],
    ['/sys/fs/cgroup', undefined],
    ['/sys/fs/cgroup/unifiedx', undefined],
  ])('of %s is %s', (folder, expected) => {
    expect(cgroupPathOf(folder, mounts)).toBe(expected);
  });
});
