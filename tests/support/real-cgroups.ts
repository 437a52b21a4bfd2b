import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const V2_MOUNTS = ['/sys/fs/cgroup/unified', '/sys/fs/cgroup'];

/** The cgroup v2 mount of this machine, or the reason why cgroups cannot be made here. */
export function cgroupMount(): { readonly mount: string } | { readonly reason: string } {
  const mount = V2_MOUNTS.find((candidate) => existsSync(path.join(candidate, 'cgroup.controllers')));
  if (mount === undefined) return { reason: 'no cgroup v2 hierarchy is mounted here' };
  const probe = path.join(mount, `podium-probe-${randomBytes(4).toString('hex')}`);
  try {
    mkdirSync(probe);
    rmdirSync(probe);
    return { mount };
  } catch (error) {
    return { reason: `cgroups cannot be made below ${mount}: ${String(error)}` };
  }
}

export type Spawned = ChildProcess & { readonly pid: number };

/** A subtree of the real cgroup hierarchy with real processes in it, gone without a trace after close(). */
export class RealCgroups {
  readonly root: string;

  constructor(mount: string) {
    this.root = path.join(mount, `podium-test-${process.pid}-${randomBytes(4).toString('hex')}`);
    mkdirSync(this.root);
  }

  /** Makes a cgroup below the root. Resolves the path of its directory. */
  make(cgroup: string): string {
    const folder = path.join(this.root, cgroup);
    mkdirSync(folder, { recursive: true });
    return folder;
  }

  /** Starts a program in a cgroup. Resolves when it is in there; for a moment it may still be the shell. */
  async spawn(cgroup: string, command: string, ...args: readonly string[]): Promise<Spawned> {
    const script = 'echo $$ > "$0/cgroup.procs" && exec "$@"';
    const child = spawn('sh', ['-c', script, this.make(cgroup), command, ...args], {
      stdio: ['pipe', 'pipe', 'inherit'],
      detached: true,
    });
    const { pid } = child;
    if (pid === undefined) throw new Error(`${command} could not be started`);
    while (!this.pidsIn(cgroup).includes(pid)) {
      if (child.exitCode !== null) throw new Error(`${command} ended with ${child.exitCode} before it began`);
      await sleep(1);
    }
    return child as Spawned;
  }

  /** What the kernel says is in a cgroup. */
  pidsIn(cgroup: string): number[] {
    const text = readFileSync(path.join(this.root, cgroup, 'cgroup.procs'), 'utf8');
    return text
      .split('\n')
      .filter(Boolean)
      .map(Number)
      .toSorted((a, b) => a - b);
  }

  /** Ends every process of the subtree and removes its cgroups. */
  async close(): Promise<void> {
    await this.#remove(this.root);
  }

  /** Ends every process of a cgroup and removes it, as a kubelet does with a pod's. */
  async remove(cgroup: string): Promise<void> {
    await this.#remove(path.join(this.root, cgroup));
  }

  /** Removes cgroups that nobody is in any more, under names of whatever bytes. */
  async removeFolders(folders: readonly Buffer[]): Promise<void> {
    for (const folder of folders) {
      for (let tries = 0; tries < 200 && !isRemoved(folder); tries++) await sleep(10);
    }
  }

  async #remove(top: string): Promise<void> {
    for (const folder of this.#folders(top)) {
      for (let tries = 0; tries < 200 && !this.#removed(folder); tries++) await sleep(10);
    }
  }

  #removed(folder: string): boolean {
    try {
      for (const pid of readFileSync(path.join(folder, 'cgroup.procs'), 'utf8').split('\n').filter(Boolean)) {
        killIfThere(Number(pid));
      }
      rmdirSync(folder);
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === 'ENOENT';
    }
    return true;
  }

  /** Deepest first. */
  #folders(folder: string): string[] {
    const inner = readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .flatMap((entry) => this.#folders(path.join(folder, entry.name)));
    return [...inner, folder];
  }
}

function isRemoved(folder: Buffer): boolean {
  try {
    rmdirSync(folder);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT';
  }
  return true;
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended by itself.
  }
}

/** Waits for a line that a program prints when it is as far as the test needs it. */
export async function untilPrinted(child: ChildProcess, text: string): Promise<void> {
  let printed = '';
  await new Promise<void>((resolve, reject) => {
    child.stdout?.on('data', (chunk) => {
      printed += chunk;
      if (printed.includes(text)) resolve();
    });
    child.once('exit', () => reject(new Error(`ended before it printed ${text}, after ${printed}`)));
  });
}

/** Moves a process; the test's own words for `echo PID > cgroup.procs`. */
export function moveTo(folder: string, pid: number): void {
  writeFileSync(path.join(folder, 'cgroup.procs'), String(pid));
}
