import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { containerCgroup } from '../../../tests/support/pod-cgroups.js';

/** One pod with one container. */
export interface FleetPod {
  readonly uid: string;
  readonly containerId: string;
  readonly folder: string;
}

/** Moves itself into the cgroup, then starts the others; the shell is one of the processes itself. */
const SCRIPT =
  'echo $$ > "$0/cgroup.procs" || exit 1; i=1; ' +
  'while [ $i -lt $1 ]; do sleep 2147483647 & i=$((i+1)); done; echo up; wait';

const STARTS_AT_ONCE = 8;

/** Real sleeping processes in real cgroups of the shape that kubelets make. */
export class PodFleet {
  readonly root: string;
  readonly pods: FleetPod[] = [];
  #made = 0;

  /** @param mount A cgroup v2 mount where cgroups may be made. */
  constructor(mount: string) {
    this.root = path.join(mount, `podium-bench-${process.pid}`);
    mkdirSync(this.root);
  }

  /** Starts pods with `each` processes. */
  async grow(count: number, each: number): Promise<void> {
    const added = Array.from({ length: count }, () => this.#addPod());
    const queue = [...added];
    const starter = async () => {
      for (let pod = queue.shift(); pod !== undefined; pod = queue.shift()) await startIn(pod.folder, each);
    };
    await Promise.all(Array.from({ length: STARTS_AT_ONCE }, starter));
  }

  /** Ends the oldest pods and removes their cgroups, as a kubelet does. */
  async shrink(count: number): Promise<void> {
    for (const { folder } of this.pods.splice(0, count)) {
      const podFolder = path.dirname(folder);
      writeFileSync(path.join(podFolder, 'cgroup.kill'), '1');
      await untilEmpty(podFolder);
      removeTree(podFolder);
    }
  }

  /** What the kernel says is in the pods' cgroups. */
  pids(): number[] {
    return this.pods.flatMap(({ folder }) =>
      readFileSync(`${folder}/cgroup.procs`, 'utf8').split('\n').filter(Boolean).map(Number),
    );
  }

  /** Ends every process of the fleet and removes its cgroups. */
  async close(): Promise<void> {
    writeFileSync(path.join(this.root, 'cgroup.kill'), '1');
    await untilEmpty(this.root);
    removeTree(this.root);
  }

  #addPod(): FleetPod {
    const number = (++this.#made).toString(16);
    const uid = `00000000-0000-4000-8000-${number.padStart(12, '0')}`;
    const containerId = number.padStart(64, '0');
    const folder = this.root + containerCgroup('systemd', uid, containerId);
    mkdirSync(folder, { recursive: true });
    const pod = { uid, containerId, folder };
    this.pods.push(pod);
    return pod;
  }
}

async function startIn(folder: string, count: number): Promise<void> {
  const child: ChildProcess = spawn('sh', ['-c', SCRIPT, folder, String(count)], {
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  const [first] = await Promise.race([
    once(child.stdout ?? child, 'data'),
    once(child, 'exit').then(([code]) => [`ended with ${code}`]),
  ]);
  if (!String(first).startsWith('up')) throw new Error(`a container of the fleet ${first}`);
  child.stdout?.destroy();
  child.unref();
}

async function untilEmpty(folder: string): Promise<void> {
  for (let tries = 0; tries < 1_000; tries++) {
    if (readFileSync(path.join(folder, 'cgroup.events'), 'utf8').includes('populated 0')) return;
    await sleep(20);
  }
}

function removeTree(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) removeTree(path.join(folder, entry.name));
  }
  rmdirSync(folder);
}
