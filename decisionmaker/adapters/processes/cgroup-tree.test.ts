import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../shared/lifecycle/clock.js';
import { silentLogger } from '../../../shared/observability/logger.js';
import { CONTAINER_ID, POD_UID } from '../../../tests/support/agent-builders.js';
import { containerCgroup } from '../../../tests/support/pod-cgroups.js';
import { cgroupMount, moveTo, RealCgroups } from '../../../tests/support/real-cgroups.js';
import { NO_INTEREST } from '../../domain/pod-process.js';
import { CgroupTree } from './cgroup-tree.js';
import { FolderWatches } from './folder-watches.js';
import { KeptFiles } from './kept-files.js';
import { NodeFiles } from './node-files.js';
import type { MemberInterest } from './pod-members.js';
import { ReadErrors } from './read-errors.js';
import { TimeSlice } from './time-slice.js';

const mount = cgroupMount();
if ('reason' in mount) console.warn(`real cgroups are not tested: ${mount.reason}`);

const CGROUP = containerCgroup('systemd', POD_UID, CONTAINER_ID);

interface Means {
  readonly watches: number;
  readonly descriptors: number;
}

describe.skipIf('reason' in mount).each([
  ['with watches and open files', { watches: 100, descriptors: 100 }],
  ['without room for a watch', { watches: 0, descriptors: 100 }],
  ['without a descriptor to spare', { watches: 100, descriptors: 0 }],
  ['with neither', { watches: 0, descriptors: 0 }],
] satisfies [string, Means][])('CgroupTree on real cgroups, %s', (_title, means) => {
  let cgroups: RealCgroups;
  let watches: FolderWatches;
  let keptFiles: KeptFiles;
  let nowMs: number;
  let changes: number;
  let tree: CgroupTree;
  beforeEach(() => {
    cgroups = new RealCgroups('mount' in mount ? mount.mount : '');
    nowMs = 0;
    changes = 0;
    const errors = new ReadErrors();
    const files = new NodeFiles(errors);
    watches = new FolderWatches(errors, means.watches);
    keptFiles = new KeptFiles(files, means.descriptors);
    tree = new CgroupTree({
      root: cgroups.root,
      files,
      clock: { ...systemClock, monotonicMs: () => nowMs },
      logger: silentLogger,
      kernel: { keptFiles, watches },
      onChange: () => changes++,
    });
  });
  afterEach(async () => {
    tree.close();
    expect([watches.count(), keptFiles.openCount()]).toEqual([0, 0]);
    await cgroups.close();
  });

  /** Reads as often as it takes, without time passing for the tree, so that nothing is found by looking again. */
  async function eventually(expected: readonly number[], interest: MemberInterest = NO_INTEREST) {
    let found: number[] | undefined;
    for (let tries = 0; tries < 500; tries++) {
      const members = await tree.read(new TimeSlice(systemClock), interest);
      found = members && [...members.processes.keys()].toSorted((a, b) => a - b);
      if (JSON.stringify(found) === JSON.stringify(expected.toSorted((a, b) => a - b))) return members;
      await sleep(10);
    }
    throw new Error(`still ${found} instead of ${expected}`);
  }

  it('finds a pod that comes after the first look, and lets go of one that is gone', async () => {
    await eventually([]);
    const sleeper = await cgroups.spawn(CGROUP, 'sleep', '1000');
    await eventually([sleeper.pid]);
    if (means.watches > 0) expect(changes).toBeGreaterThan(0);
    expect(watches.count() > 0).toBe(means.watches > 0);
    expect(keptFiles.openCount() > 0).toBe(means.descriptors > 0);
    const before = [watches.count(), keptFiles.openCount()];

    await cgroups.remove(path.dirname(CGROUP));
    await eventually([]);
    const next = await cgroups.spawn(CGROUP, 'sleep', '1000');
    await eventually([next.pid]);

    expect([watches.count(), keptFiles.openCount()]).toEqual(before);
  });

  it('follows a container that was removed and made again under its name between two looks', async () => {
    await cgroups.spawn(CGROUP, 'sleep', '1000');
    const first = cgroups.pidsIn(CGROUP);
    await eventually(first);

    await cgroups.remove(CGROUP);
    const next = await cgroups.spawn(CGROUP, 'sleep', '1000');
    const nested = await cgroups.spawn(`${CGROUP}/system.slice`, 'sleep', '1000');

    await eventually([next.pid, nested.pid]);
  });

  it('takes what a container makes below itself for the container, whatever its names', async () => {
    const names = [Buffer.from('ü'.repeat(127)), Buffer.from([0xff, 0xfe, 0x20, 0x28])];
    const sleepers = await Promise.all(names.map(() => cgroups.spawn(CGROUP, 'sleep', '1000')));
    await eventually(sleepers.map(({ pid }) => pid));
    const folders = names.map((name) =>
      Buffer.concat([Buffer.from(`${path.join(cgroups.root, CGROUP)}/`), name]),
    );
    for (const [index, folder] of folders.entries()) {
      mkdirSync(folder);
      const procs = Buffer.concat([folder, Buffer.from('/cgroup.procs')]);
      writeFileSync(procs, String(sleepers[index]?.pid));
    }
    try {
      const members = await eventually(sleepers.map(({ pid }) => pid));

      const identities = new Set([...(members?.processes.values() ?? [])].map(({ podUid }) => podUid));
      expect(identities).toEqual(new Set([POD_UID]));
    } finally {
      for (const sleeper of sleepers) moveTo(cgroups.root, sleeper.pid);
      await cgroups.removeFolders(folders);
      for (const sleeper of sleepers) sleeper.kill('SIGKILL');
    }
  });

  it('gives the same members while nothing changes, and a process its identity while it stays', async () => {
    const sleeper = await cgroups.spawn(CGROUP, 'sleep', '1000');
    const members = await eventually([sleeper.pid]);
    await sleep(20);
    nowMs += 250;
    const again = await tree.read(new TimeSlice(systemClock), NO_INTEREST);
    const other = await cgroups.spawn(CGROUP, 'sleep', '1000');
    const more = await eventually([sleeper.pid, other.pid]);

    expect(again).toBe(members);
    expect(more?.processes.get(sleeper.pid)).toBe(members?.processes.get(sleeper.pid));
  });

  it('resolves a container whose cgroup does not tell the pod through the intents', async () => {
    const container = 'e'.repeat(64);
    const sleeper = await cgroups.spawn(`/system.slice/cri-containerd-${container}.scope`, 'sleep', '1000');
    await eventually([]);
    const interest: MemberInterest = {
      isForWholeNode: false,
      podOfContainer: (id) => (id === container ? POD_UID : undefined),
    };

    const members = await eventually([sleeper.pid], interest);

    expect(members?.processes.get(sleeper.pid)).toMatchObject({ podUid: POD_UID, containerId: container });
    expect(members).toMatchObject({ podCount: 1, podProcessCount: 1 });
  });

  it('finds the processes of no pod only where somebody asks for the whole node', async () => {
    const inPod = await cgroups.spawn(CGROUP, 'sleep', '1000');
    const ofHost = await cgroups.spawn('/system.slice/ssh.service', 'sleep', '1000');
    await eventually([inPod.pid]);

    const members = await eventually([inPod.pid, ofHost.pid], { ...NO_INTEREST, isForWholeNode: true });

    expect(members).toMatchObject({ podCount: 1, podProcessCount: 1 });
    expect(members?.processes.get(ofHost.pid)?.podUid).toBeNull();
    await eventually([inPod.pid]);
  });
});
