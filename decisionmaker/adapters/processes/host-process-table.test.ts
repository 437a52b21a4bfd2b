import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../shared/lifecycle/clock.js';
import { silentLogger } from '../../../shared/observability/logger.js';
import { CONTAINER_ID, POD_UID } from '../../../tests/support/agent-builders.js';
import { containerCgroup, DIALECTS } from '../../../tests/support/pod-cgroups.js';
import { SimulatedNode } from '../../../tests/support/simulated-node.js';
import { inEveryPod, NO_INTEREST, type PodProcess, type ProcessInterest } from '../../domain/pod-process.js';
import { HostProcessTable } from './host-process-table.js';

const CGROUP = containerCgroup('systemd', POD_UID, CONTAINER_ID);
const IN_PODS: ProcessInterest = { ...NO_INTEREST, inPod: () => true };

let node: SimulatedNode;
let nowMs: number;
let table: HostProcessTable;

beforeEach(() => {
  node = new SimulatedNode();
  nowMs = 0;
  table = aTable();
});
afterEach(() => node.close());

function aTable(roots: { procRoot?: string; cgroupRoot?: string } = {}): HostProcessTable {
  const clock = { ...systemClock, monotonicMs: () => nowMs };
  return new HostProcessTable({
    procRoot: node.procRoot,
    cgroupRoot: node.cgroupRoot,
    clock,
    logger: silentLogger,
    ...roots,
  });
}

async function processes(interest: ProcessInterest = IN_PODS, of = table): Promise<readonly PodProcess[]> {
  const { byPod, processCount } = await of.refresh(interest);
  const all = [...byPod.values()].flat().toSorted((a, b) => a.pid - b.pid);
  expect(all).toHaveLength(processCount);
  return all;
}

async function pids(interest?: ProcessInterest, of?: HostProcessTable): Promise<number[]> {
  return (await processes(interest, of)).map(({ pid }) => pid);
}

describe.each([
  ['walking the cgroup tree', () => node.cgroupRoot],
  ['asking each process, where there is no tree', () => path.join(node.folder, 'no-such-folder')],
])('HostProcessTable, %s', (_title, cgroupRoot) => {
  beforeEach(() => {
    table = aTable({ cgroupRoot: cgroupRoot() });
  });

  it.each(DIALECTS)('finds pod and container of a process in cgroups of %s', async (dialect) => {
    node.put({
      pid: 500,
      cgroup: containerCgroup(dialect, POD_UID, CONTAINER_ID),
      comm: 'a)b (c',
      parentPid: 7,
    });

    expect(await processes()).toEqual([
      {
        pid: 500,
        startTimeTicks: 1_000,
        parentPid: 7,
        comm: 'a)b (c',
        isKernelThread: false,
        podUid: POD_UID,
        containerId: CONTAINER_ID,
        commandLine: undefined,
        executable: undefined,
        threads: [],
      },
    ]);
  });

  it('leaves out processes that are in no pod, or only help with a container', async () => {
    node.put({ pid: 1, cgroup: '/init.scope' });
    node.put({ pid: 400, cgroup: '/system.slice/containerd.service' });
    node.put({ pid: 401, cgroup: `/kubepods/pod${POD_UID}/crio-conmon-${CONTAINER_ID}` });
    node.put({ pid: 402, cgroup: `/kubepods/pod${POD_UID}` });

    expect(await pids()).toEqual([402]);
  });

  it('follows processes as they come, go and move', async () => {
    const otherUid = POD_UID.replace(/1$/, '2');
    node.put({ pid: 500, cgroup: CGROUP });
    node.put({ pid: 501, cgroup: CGROUP });
    expect(await pids()).toEqual([500, 501]);

    node.remove(500);
    node.put({ pid: 502, cgroup: containerCgroup('cgroupfs', otherUid, CONTAINER_ID) });
    node.put({ pid: 501, cgroup: containerCgroup('cgroupfs', otherUid, CONTAINER_ID) });
    nowMs += 250;

    const moved = await processes();
    expect(moved.map(({ pid, podUid }) => [pid, podUid])).toEqual([
      [501, otherUid],
      [502, otherUid],
    ]);
  });

  it('gives the same snapshot while nothing changes', async () => {
    node.put({ pid: 500, cgroup: CGROUP });

    const first = await table.refresh(IN_PODS);
    nowMs += 10_000;
    const second = await table.refresh(IN_PODS);

    expect(second).toBe(first);
  });

  it('takes another start time under the same pid for another process', async () => {
    node.put({ pid: 500, cgroup: CGROUP, startTimeTicks: 1_000 });
    await pids();

    node.put({ pid: 500, cgroup: CGROUP, startTimeTicks: 2_000 });
    nowMs += 1_000;

    expect((await processes())[0]?.startTimeTicks).toBe(2_000);
  });

  it('sees an exec of a young process at the next look, and of an old one within a second', async () => {
    node.put({ pid: 500, cgroup: CGROUP, comm: 'sh' });
    await pids();
    node.put({ pid: 500, cgroup: CGROUP, comm: 'entrypoint.sh' });
    nowMs += 250;
    expect((await processes())[0]?.comm).toBe('entrypoint.sh');

    nowMs += 60_000;
    await pids();
    node.put({ pid: 500, cgroup: CGROUP, comm: 'nginx' });
    nowMs += 1_000;

    expect((await processes())[0]?.comm).toBe('nginx');
  });

  it('comes round to every process in the end, however many there are', async () => {
    for (let pid = 1_000; pid < 1_600; pid++) node.put({ pid, cgroup: CGROUP });
    await pids();
    nowMs += 60_000;
    await pids();

    for (let pid = 1_000; pid < 1_600; pid++) node.put({ pid, cgroup: CGROUP, comm: 'nginx' });
    const notSeen = async () => {
      nowMs += 1_000;
      return (await processes()).filter(({ comm }) => comm !== 'nginx').length;
    };

    expect(await notSeen()).toBeGreaterThan(0);
    expect(await notSeen()).toBe(0);
  });

  it('leaves out a zombie, but not one whose threads still run', async () => {
    node.put({ pid: 500, cgroup: CGROUP, state: 'Z' });
    node.put({ pid: 501, cgroup: CGROUP, state: 'Z', threads: [{ tid: 502, startTimeTicks: 5 }] });

    expect(await pids()).toEqual([501]);
  });

  it('takes a process that ends while it is looked at for normal, and counts it', async () => {
    node.put({ pid: 500, cgroup: CGROUP });
    node.put({ pid: 501, cgroup: CGROUP });
    rmSync(path.join(node.procRoot, '501', 'stat'));

    expect(await pids()).toEqual([500]);
    expect(table.readErrors().get('ENOENT')).toBeGreaterThan(0);
  });

  it('reads command line, executable and threads only where an intent asks', async () => {
    const threads = [
      { tid: 501, startTimeTicks: 1_001 },
      { tid: 502, startTimeTicks: 1_002 },
    ];
    node.put({
      pid: 500,
      cgroup: CGROUP,
      commandLine: ['python3', '-m', 'http server'],
      executable: '/usr/bin/python3.11 (deleted)',
      threads,
    });
    const everything: ProcessInterest = {
      ...NO_INTEREST,
      inPod: () => true,
      inCommandLines: () => true,
      inExecutables: () => true,
      inThreads: ({ pid }) => pid === 500,
    };

    expect(await processes()).toMatchObject([{ commandLine: undefined, executable: undefined, threads: [] }]);
    expect(await processes(everything)).toMatchObject([
      { commandLine: 'python3 -m http server', executable: '/usr/bin/python3.11', threads },
    ]);
    expect((await processes())[0]?.threads).toEqual([]);
  });

  it('reads only what somebody asks for, and counts the others', async () => {
    node.put({ pid: 500, cgroup: CGROUP });
    node.put({ pid: 600, cgroup: containerCgroup('cgroupfs', POD_UID.replace(/1$/, '2'), CONTAINER_ID) });
    const interest = { ...NO_INTEREST, inPod: (podUid: string) => podUid === POD_UID };

    expect(await pids(interest)).toEqual([500]);
    expect(table.counts()).toMatchObject({ processes: 2, pods: 2 });
    expect(await pids(inEveryPod(interest))).toEqual([500, 600]);
    expect(await pids(interest)).toEqual([500]);
  });

  it('reads processes of no pod where the interest is for the whole node', async () => {
    node.put({ pid: 500, cgroup: CGROUP });
    node.put({ pid: 400, cgroup: '/system.slice/ssh.service', comm: 'sshd' });
    const interest = { ...IN_PODS, isForWholeNode: true };

    const { byPod, ofNoPod } = await table.refresh(interest);

    expect([...byPod.keys()]).toEqual([POD_UID]);
    expect(ofNoPod).toMatchObject([{ pid: 400, comm: 'sshd', podUid: '' }]);
    expect((await table.refresh(IN_PODS)).ofNoPod).toEqual([]);
  });

  it('finds the pod of a container by its id where the cgroup does not tell', async () => {
    node.put({ pid: 500, cgroup: `/system.slice/cri-containerd-${CONTAINER_ID}.scope` });
    expect(await pids()).toEqual([]);
    const podOfContainer = (id: string) => (id === CONTAINER_ID ? POD_UID : undefined);

    expect(await processes({ ...IN_PODS, podOfContainer })).toMatchObject([
      { pid: 500, podUid: POD_UID, containerId: CONTAINER_ID },
    ]);
  });

  it('cannot read a node whose proc root is gone, and can when it is back', async () => {
    node.put({ pid: 500, cgroup: CGROUP });
    await pids();
    rmSync(node.procRoot, { recursive: true });

    await expect(table.refresh(IN_PODS)).rejects.toMatchObject({ code: 'unavailable' });

    mkdirSync(node.procRoot);
    nowMs += 500;
    await expect(table.refresh(IN_PODS)).rejects.toMatchObject({ code: 'unavailable' });

    node.put({ pid: 500, cgroup: CGROUP });
    expect(await pids()).toEqual([500]);
  });
});

describe('HostProcessTable on a cgroup tree', () => {
  it('knows a node without processes of pods from one that it cannot read', async () => {
    expect(await pids()).toEqual([]);

    node.makeCgroup(CGROUP);
    writeFileSync(path.join(node.cgroupRoot, CGROUP, 'cgroup.procs'), '0\n0\n');

    await expect(table.refresh(IN_PODS)).rejects.toThrow('hostPID');
    expect(table.discovery().hostPidNamespace).toBe(false);
  });

  it('finds the container that took the place of another one, at the next look', async () => {
    node.put({ pid: 500, cgroup: CGROUP });
    expect(await pids()).toEqual([500]);
    nowMs += 1_000;
    await pids();

    const other = containerCgroup('systemd', POD_UID, 'd'.repeat(64));
    node.removeCgroup(CGROUP);
    node.put({ pid: 501, cgroup: other });

    expect(await pids()).toEqual([501]);
  });

  it('reads processes that are links into the real /proc', async () => {
    const own = String(process.pid);
    const link = (pid: string, ...names: string[]) => {
      mkdirSync(path.join(node.procRoot, pid));
      for (const name of names) symlinkSync(`/proc/${own}/${name}`, path.join(node.procRoot, pid, name));
    };
    link(own, 'stat', 'comm', 'cmdline', 'exe', 'task');
    node.makeCgroup(CGROUP);
    writeFileSync(path.join(node.cgroupRoot, CGROUP, 'cgroup.procs'), `${own}\n`);
    const interest = { ...IN_PODS, inExecutables: () => true, inThreads: () => true };

    const [found] = await processes(interest);

    expect(found).toMatchObject({ pid: process.pid, executable: process.execPath, parentPid: process.ppid });
    expect(`${found?.comm}\n`).toBe(readFileSync('/proc/self/comm', 'utf8'));
    expect(found?.threads.length).toBeGreaterThan(0);
  });

  it('stays with what it knew of processes that may not be read for a moment', async () => {
    node.put({ pid: 500, cgroup: CGROUP });
    node.put({ pid: 501, cgroup: CGROUP });
    await pids();
    const stat = path.join(node.procRoot, '500', 'stat');
    rmSync(stat);
    // A folder in its place fails with EISDIR, which, unlike a missing right, also root gets.
    mkdirSync(stat);
    nowMs += 500;

    expect(await pids()).toEqual([500, 501]);
    expect(table.readErrors().get('other')).toBeGreaterThan(0);
  });

  it('cannot read a node where no process may be looked at', async () => {
    node.put({ pid: 500, cgroup: CGROUP });
    const stat = path.join(node.procRoot, '500', 'stat');
    rmSync(stat);
    mkdirSync(stat);

    await expect(table.refresh(IN_PODS)).rejects.toThrow('may not be read');
  });

  it('takes a subtree for the whole node', async () => {
    node.put({ pid: 500, cgroup: `/nodes/node-1${CGROUP}` });
    node.put({ pid: 600, cgroup: `/nodes/node-2${CGROUP}` });

    expect(await pids(IN_PODS, aTable({ cgroupRoot: path.join(node.cgroupRoot, 'nodes/node-1') }))).toEqual([
      500,
    ]);
  });
});

describe('HostProcessTable on a v1 host', () => {
  it('asks each process, lists it once, and refuses one that is in two pods', async () => {
    mkdirSync(path.join(node.cgroupRoot, 'pids'));
    writeFileSync(path.join(node.cgroupRoot, 'pids', 'tasks'), '');
    node.put({ pid: 500, cgroup: '/' });
    node.put({ pid: 501, cgroup: '/' });
    const lines = (...uids: string[]) =>
      uids.map((uid, index) => `${index + 2}:c${index}:/kubepods/pod${uid}\n`).join('');
    writeFileSync(path.join(node.procRoot, '500', 'cgroup'), `${lines(POD_UID, POD_UID)}0::/\n`);
    writeFileSync(path.join(node.procRoot, '501', 'cgroup'), lines(POD_UID, POD_UID.replace(/1$/, '2')));

    expect(await pids()).toEqual([500]);
    expect(table.counts()).toMatchObject({ conflicts: 1, processes: 1, pods: 1 });
    expect(table.discovery()).toMatchObject({ cgroupVersion: 'v1', source: 'proc scan' });
  });
});
