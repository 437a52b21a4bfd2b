import { mkdirSync, readlinkSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** Files of a process that are the real ones; `exe` must name the program itself and is kept apart. */
const LINKED = ['stat', 'comm', 'cmdline', 'task'];

/**
 * A folder that looks like /proc for the processes of the containers: in each process's folder `cgroup` holds the
 * simulated group, and everything else leads to the real process.
 */
export class SimulatedProc {
  readonly root: string;
  readonly #workshop: string;
  /** The program of each process as it was last linked. */
  readonly #programs = new Map<number, string | undefined>();
  #made = 0;

  constructor(root: string, workshop: string) {
    this.root = root;
    this.#workshop = workshop;
  }

  /** Shows exactly these processes, each with its group. */
  show(groups: ReadonlyMap<number, string>): void {
    for (const pid of this.#programs.keys()) if (!groups.has(pid)) this.#hide(pid);
    for (const [pid, group] of groups) {
      if (this.#programs.has(pid)) this.#linkProgram(pid, this.#folder(pid));
      else this.#add(pid, group);
    }
  }

  /** Removes what an earlier run has left. */
  clear(): void {
    rmSync(this.root, { recursive: true, force: true });
    mkdirSync(this.root, { recursive: true });
    this.#programs.clear();
  }

  /** A process's folder appears complete. */
  #add(pid: number, group: string): void {
    const draft = this.#draft();
    mkdirSync(draft);
    writeFileSync(path.join(draft, 'cgroup'), `0::/${group}\n`);
    for (const name of LINKED) symlinkSync(`/proc/${pid}/${name}`, path.join(draft, name));
    this.#linkProgram(pid, draft);
    renameSync(draft, this.#folder(pid));
  }

  /** Anew when the process has become another program, as every container's does when it starts. */
  #linkProgram(pid: number, folder: string): void {
    const program = programOf(pid);
    if (this.#programs.has(pid) && this.#programs.get(pid) === program) return;
    this.#programs.set(pid, program);
    if (program === undefined) return;
    const draft = this.#draft();
    symlinkSync(program, draft);
    renameSync(draft, path.join(folder, 'exe'));
  }

  #hide(pid: number): void {
    this.#programs.delete(pid);
    const draft = this.#draft();
    renameSync(this.#folder(pid), draft);
    rmSync(draft, { recursive: true });
  }

  #folder(pid: number): string {
    return path.join(this.root, String(pid));
  }

  #draft(): string {
    return path.join(this.#workshop, `process-${this.#made++}`);
  }
}

function programOf(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/exe`);
  } catch {
    return undefined;
  }
}
