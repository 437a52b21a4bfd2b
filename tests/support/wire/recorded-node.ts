import { copyFileSync, mkdtempSync, readlinkSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { containerCgroup } from '../pod-cgroups.js';
import { cgroupMount, RealCgroups } from '../real-cgroups.js';
import { SimulatedNode } from '../simulated-node.js';
import { eventually } from '../test-agent.js';

const POD_A = '11111111-2222-4333-8444-555555555555';
const POD_B = 'aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee';
const POD_C = 'cccccccc-1111-4222-8333-444444444444';
const STATIC_POD = 'd'.repeat(32);

const CGROUP_A = containerCgroup('systemd', POD_A, 'a'.repeat(64));
const CGROUP_D = `/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod${STATIC_POD}.slice/cri-containerd-${'d'.repeat(64)}.scope`;

/** A process that recorded answers name, by the name it has there. */
export interface RecordedProcess {
  readonly name: string;
  readonly comm: string;
  readonly cgroup: string;
}

/** Those of the host on which the calls to an agent were recorded. */
const AGENT_PROCESSES: readonly RecordedProcess[] = [
  { name: 'podA.nginx1', comm: 'nginx', cgroup: CGROUP_A },
  { name: 'podA.nginx2', comm: 'nginx', cgroup: CGROUP_A },
  { name: 'podA.my-worker', comm: 'my worker', cgroup: CGROUP_A },
  { name: 'podA.brackets', comm: 'a)b c', cgroup: CGROUP_A },
  { name: 'podA.pause', comm: 'pause', cgroup: CGROUP_A },
  { name: 'podB.postgres', comm: 'postgres', cgroup: containerCgroup('cgroupfs', POD_B, 'b'.repeat(64)) },
  { name: 'podC.envoy', comm: 'envoy', cgroup: containerCgroup('cri-o', POD_C, 'c'.repeat(64)) },
  { name: 'podD.static', comm: 'etcd', cgroup: CGROUP_D },
];

/** A node with processes such as the recording host had. */
export interface RecordedNode {
  readonly procRoot: string;
  readonly cgroupRoot: string;
  /** By the recording's names. */
  readonly pids: ReadonlyMap<string, number>;
  close(): Promise<void>;
}

/** Real processes in real cgroups; files in their shape where cgroups cannot be made, which it says. */
export async function recordedNode(
  processes: readonly RecordedProcess[] = AGENT_PROCESSES,
): Promise<RecordedNode> {
  const found = cgroupMount();
  if ('mount' in found) return realNode(found.mount, processes);
  console.log(`replayed against files instead of real processes: ${found.reason}`);
  return simulatedNode(processes);
}

async function realNode(mount: string, processes: readonly RecordedProcess[]): Promise<RecordedNode> {
  const folder = mkdtempSync(path.join(tmpdir(), 'podium-recorded-'));
  const cgroups = new RealCgroups(mount);
  const pids = new Map<string, number>();
  for (const { name, comm, cgroup } of processes) {
    // A process has its program's file name as comm.
    const program = path.join(folder, comm);
    copyFileSync(realpathSync('/bin/sleep'), program);
    const { pid } = await cgroups.spawn(cgroup, program, '3600');
    await eventually(
      async () => readlinkSync(`/proc/${pid}/exe`),
      (executable) => executable === program,
    );
    pids.set(name, pid);
    rmSync(program);
  }
  return {
    procRoot: '/proc',
    cgroupRoot: cgroups.root,
    pids,
    close: async () => {
      await cgroups.close();
      rmSync(folder, { recursive: true });
    },
  };
}

function simulatedNode(processes: readonly RecordedProcess[]): RecordedNode {
  const node = new SimulatedNode();
  const pids = new Map<string, number>();
  for (const [index, { name, comm, cgroup }] of processes.entries()) {
    node.put({ pid: 1_000 + index, comm, cgroup });
    pids.set(name, 1_000 + index);
  }
  return { procRoot: node.procRoot, cgroupRoot: node.cgroupRoot, pids, close: async () => node.close() };
}
