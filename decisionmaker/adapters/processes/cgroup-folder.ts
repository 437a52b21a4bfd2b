import path from 'node:path';
import type { CgroupIdentity } from '../../domain/cgroup-path.js';
import type { FolderWatch } from './folder-watches.js';
import type { KeptFile } from './kept-files.js';
import { pidsIn } from './pids-in.js';

const NO_BYTES = Buffer.alloc(0);

/** One directory of a cgroup tree, and what is known of it. Names are one character for each byte. */
export class CgroupFolder {
  /** Below the root of the tree; empty for the root itself. */
  readonly path: string;
  readonly name: string;
  readonly parent: CgroupFolder | undefined;
  readonly identity: CgroupIdentity;
  /** Where the file system has it: bytes where it is not plain ASCII. */
  readonly location: string | Buffer;
  readonly procsLocation: string | Buffer;
  children: ReadonlyMap<string, CgroupFolder> = new Map();
  inode: number | undefined;
  /** Of the directory when its children were listed; empty = to be listed again. */
  signature = '';
  listedAtMs = Number.NEGATIVE_INFINITY;
  /** Something in it changed since it was listed. */
  isDirty = true;
  watch: FolderWatch | undefined;
  /** Its list of processes, where that stays open. */
  procs: KeptFile | undefined;
  pids: readonly number[] = [];
  readonly #fullPath: string;
  #bytes: Buffer = NO_BYTES;

  private constructor(fullPath: string, at: Pick<CgroupFolder, 'path' | 'name' | 'parent' | 'identity'>) {
    this.#fullPath = fullPath;
    this.path = at.path;
    this.name = at.name;
    this.parent = at.parent;
    this.identity = at.identity;
    this.location = locationOf(fullPath);
    this.procsLocation = locationOf(`${fullPath}/cgroup.procs`);
  }

  static root(folder: string, identity: CgroupIdentity): CgroupFolder {
    const fullPath = Buffer.from(path.resolve(folder), 'utf8').toString('latin1');
    return new CgroupFolder(fullPath, { path: '', name: '', parent: undefined, identity });
  }

  child(name: string, identity: CgroupIdentity): CgroupFolder {
    const childPath = `${this.path}/${name}`;
    return new CgroupFolder(`${this.#fullPath}/${name}`, { path: childPath, name, parent: this, identity });
  }

  /** Whether it holds pods, is a pod, or is in one. */
  isAboutPods(): boolean {
    return this.identity.podUid !== null || this.path.includes('kubepods');
  }

  /** What a container makes below itself is its own affair: it may be more than there is room to watch. */
  isWorthWatching(): boolean {
    return !this.identity.nested;
  }

  /** Takes the bytes of its list of processes. Gives whether they are others than before. */
  takePids(bytes: Buffer): boolean {
    if (bytes.equals(this.#bytes)) return false;
    this.#bytes = Buffer.from(bytes);
    this.pids = pidsIn(bytes);
    return true;
  }

  forgetPids(): void {
    this.#bytes = NO_BYTES;
    this.pids = [];
  }

  /** Gives back what is open, here and below, and forgets what was read. */
  release(): void {
    for (const child of this.children.values()) child.release();
    this.children = new Map();
    this.watch?.close();
    this.watch = undefined;
    this.procs?.close();
    this.procs = undefined;
    this.signature = '';
    this.forgetPids();
  }
}

function locationOf(path: string): string | Buffer {
  // Plain ASCII, which nearly every path is, costs less as it is.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: all of ASCII is meant.
  return /^[\x00-\x7f]*$/.test(path) ? path : Buffer.from(path, 'latin1');
}
