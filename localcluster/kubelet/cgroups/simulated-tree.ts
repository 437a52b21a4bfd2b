import {
  closeSync,
  existsSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';

const PROCS = 'cgroup.procs';

/**
 * Plain folders that look like groups of cgroup v2: each with a file `cgroup.procs` of one process id a line.
 * Synchronous and small, so that what a reader sees is of one moment.
 */
export class SimulatedTree {
  readonly root: string;
  /** Where folders are made ready, on the same file system. */
  readonly #workshop: string;
  /** Bytes in each `cgroup.procs`, by group. */
  readonly #sizes = new Map<string, number>();
  #made = 0;

  constructor(root: string, workshop: string) {
    this.root = root;
    this.#workshop = workshop;
  }

  folder(group: string): string {
    return path.join(this.root, group);
  }

  /** Makes a group and those above it; each appears with its file in it, as the kernel has it. */
  make(group: string): void {
    const folder = this.folder(group);
    if (existsSync(folder)) return;
    if (group !== '') this.make(parentOf(group));
    mkdirSync(path.dirname(folder), { recursive: true });
    const draft = path.join(this.#workshop, `group-${this.#made++}`);
    mkdirSync(draft);
    writeFileSync(path.join(draft, PROCS), '');
    renameSync(draft, folder);
  }

  /**
   * Lists these processes in a group. Written in place, because readers keep the file open: first the new text
   * padded to the old length with line feeds, in one write, then cut to its own length.
   */
  list(group: string, pids: readonly number[]): void {
    const text = pids.map((pid) => `${pid}\n`).join('');
    const before = this.#sizes.get(group) ?? 0;
    const file = openSync(path.join(this.folder(group), PROCS), 'r+');
    try {
      writeSync(file, text.padEnd(before, '\n'), 0);
      ftruncateSync(file, text.length);
    } finally {
      closeSync(file);
    }
    this.#sizes.set(group, text.length);
  }

  remove(group: string): void {
    for (const known of this.#sizes.keys()) if (isIn(known, group)) this.#sizes.delete(known);
    rmSync(this.folder(group), { recursive: true, force: true });
  }

  /** Paths of all groups, from the root down. */
  *groups(below = ''): Generator<string, void, void> {
    if (!existsSync(this.folder(below))) return;
    for (const entry of readdirSync(this.folder(below), { withFileTypes: true })) {
      if (!entry.isDirectory()) continue;
      const group = below === '' ? entry.name : `${below}/${entry.name}`;
      yield group;
      yield* this.groups(group);
    }
  }
}

/** Whether a group is another or stands below it. The root holds all. */
export function isIn(group: string, other: string): boolean {
  return other === '' || group === other || group.startsWith(`${other}/`);
}

function parentOf(group: string): string {
  const parent = path.posix.dirname(group);
  return parent === '.' ? '' : parent;
}
