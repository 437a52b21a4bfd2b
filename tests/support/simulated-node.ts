import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

export interface SimulatedProcess {
  readonly pid: number;
  /** Cgroup below the root of the tree, such as `/kubepods/pod.../...`. */
  readonly cgroup: string;
  readonly comm?: string;
  readonly startTimeTicks?: number;
  readonly parentPid?: number;
  readonly state?: string;
  readonly flags?: number;
  readonly commandLine?: readonly string[];
  readonly executable?: string;
  readonly threads?: readonly { readonly tid: number; readonly startTimeTicks: number }[];
}

/** A proc root and a cgroup root of plain files, in the shape that the kernel gives them. */
export class SimulatedNode {
  readonly folder = mkdtempSync(path.join(tmpdir(), 'podium-simulated-node-'));
  readonly procRoot = path.join(this.folder, 'proc');
  readonly cgroupRoot = path.join(this.folder, 'cgroup');
  readonly #cgroups = new Map<string, Set<number>>();
  readonly #cgroupOf = new Map<number, string>();

  constructor() {
    mkdirSync(this.procRoot);
    mkdirSync(this.cgroupRoot);
    this.makeCgroup('/');
  }

  makeCgroup(cgroup: string): void {
    if (!this.#cgroups.has(cgroup)) this.#cgroups.set(cgroup, new Set());
    mkdirSync(path.join(this.cgroupRoot, cgroup), { recursive: true });
    this.#writeProcs(cgroup);
  }

  /** Starts a process, or makes the one that has the pid another: with other values, or as another one. */
  put(process: SimulatedProcess): void {
    this.remove(process.pid);
    this.makeCgroup(process.cgroup);
    this.#cgroupOf.set(process.pid, process.cgroup);
    this.#cgroups.get(process.cgroup)?.add(process.pid);
    this.#writeProcs(process.cgroup);
    this.#writeProcess(process);
  }

  remove(pid: number): void {
    const cgroup = this.#cgroupOf.get(pid);
    if (cgroup === undefined) return;
    this.#cgroupOf.delete(pid);
    this.#cgroups.get(cgroup)?.delete(pid);
    this.#writeProcs(cgroup);
    rmSync(path.join(this.procRoot, String(pid)), { recursive: true, force: true });
  }

  removeCgroup(cgroup: string): void {
    for (const [pid, at] of this.#cgroupOf) if (at === cgroup) this.remove(pid);
    this.#cgroups.delete(cgroup);
    rmSync(path.join(this.cgroupRoot, cgroup), { recursive: true });
  }

  /** What the tree itself says is in a cgroup. */
  pidsIn(cgroup: string): number[] {
    const text = readFileSync(path.join(this.cgroupRoot, cgroup, 'cgroup.procs'), 'utf8');
    return text.split('\n').filter(Boolean).map(Number);
  }

  close(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  #writeProcs(cgroup: string): void {
    const lines = [...(this.#cgroups.get(cgroup) ?? [])].map((pid) => `${pid}\n`);
    writeFileSync(path.join(this.cgroupRoot, cgroup, 'cgroup.procs'), lines.join(''));
  }

  #writeProcess(process: SimulatedProcess): void {
    const folder = path.join(this.procRoot, String(process.pid));
    const { pid, comm = 'sleep', startTimeTicks = 1_000 } = process;
    mkdirSync(path.join(folder, 'task'), { recursive: true });
    writeFileSync(path.join(folder, 'stat'), statLine(process, pid, comm, startTimeTicks));
    writeFileSync(path.join(folder, 'comm'), `${comm}\n`);
    writeFileSync(path.join(folder, 'cgroup'), `0::${process.cgroup}\n`);
    writeFileSync(
      path.join(folder, 'cmdline'),
      (process.commandLine ?? [comm]).map((word) => `${word}\0`).join(''),
    );
    symlinkSync(process.executable ?? `/usr/bin/${comm}`, path.join(folder, 'exe'));
    for (const thread of [{ tid: pid, startTimeTicks }, ...(process.threads ?? [])]) {
      const task = path.join(folder, 'task', String(thread.tid));
      mkdirSync(task);
      writeFileSync(path.join(task, 'stat'), statLine(process, thread.tid, comm, thread.startTimeTicks));
    }
  }
}

function statLine(process: SimulatedProcess, id: number, comm: string, startTimeTicks: number): string {
  const { state = 'S', parentPid = 1, flags = 0x40_0000, threads = [] } = process;
  const escaped = comm.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
  const upToThreads = `${parentPid} ${id} ${id} 0 -1 ${flags} 0 0 0 0 0 0 0 0 20 0 ${threads.length + 1} 0`;
  return `${id} (${escaped}) ${state} ${upToThreads} ${startTimeTicks} 0 0 18446744073709551615\n`;
}
