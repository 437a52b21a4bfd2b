import path from 'node:path';
import type { Clock } from '../../../shared/lifecycle/clock.js';
import type { Logger } from '../../../shared/observability/logger.js';
import { type CgroupIdentity, parseCgroupPath } from '../../domain/cgroup-path.js';
import type { NodeFiles } from './node-files.js';
import { pidsIn } from './pids-in.js';
import type { PodMemberSource, PodMembers } from './pod-members.js';
import type { TimeSlice } from './time-slice.js';

/** One directory of the tree. */
interface Folder {
  readonly path: string;
  readonly name: string;
  readonly parent: Folder | undefined;
  /** undefined where processes are no pod's. */
  readonly identity: CgroupIdentity | undefined;
  children: ReadonlyMap<string, Folder>;
  /** Of the directory when its children were listed; empty = to be listed again. */
  signature: string;
  listedAtMs: number;
  pids: readonly number[];
}

/** A container with a cgroup tree of its own may make as many directories as it likes. */
const MAX_FOLDERS = 20_000;

/** Directories are listed again after this time even when they look unchanged. */
const RELIST_MS = 10_000;

/** A file system's clock may stand still this long, so a younger directory may change without a trace. */
const UNSETTLED_MS = 100;

/**
 * Walks a cgroup tree and reads which processes are in the cgroups of pods, an order of magnitude cheaper than
 * asking each process. What is parsed is a directory's path below the root, so the root may be a subtree.
 */
export class CgroupTree implements PodMemberSource {
  readonly #root: Folder;
  readonly #files: NodeFiles;
  readonly #clock: Clock;
  readonly #logger: Logger;
  #truncated = false;

  constructor(root: string, files: NodeFiles, clock: Clock, logger: Logger) {
    this.#root = aFolder(path.resolve(root), '', undefined, undefined);
    this.#files = files;
    this.#clock = clock;
    this.#logger = logger;
  }

  async read(slice: TimeSlice): Promise<PodMembers | undefined> {
    if (this.#files.status(this.#root.path)?.isDirectory() !== true) return undefined;
    const processes = new Map<number, CgroupIdentity>();
    let hiddenCount = 0;
    // Level by level, so that what a container makes below itself comes after every other pod's containers.
    const folders = [this.#root];
    for (const folder of folders) {
      if (slice.isUsedUp()) await slice.next();
      for (const next of this.#visit(folder)) if (folders.length < MAX_FOLDERS) folders.push(next);
      if (folder.identity === undefined) continue;
      for (const pid of folder.pids) {
        if (pid === 0) hiddenCount++;
        else processes.set(pid, folder.identity);
      }
    }
    this.#reportSize(folders.length === MAX_FOLDERS);
    return { processes, hiddenCount };
  }

  /** Whether the last walk saw a cgroup of a pod, with or without processes. */
  hasPods(): boolean {
    return holdsPod(this.#root);
  }

  /** Brings one directory up to date. Gives the directories to visit after it. */
  #visit(folder: Folder): Iterable<Folder> {
    const status = this.#files.status(folder.path);
    if (status === undefined) {
      // What may not be read for a moment is still there; what is gone may have been replaced.
      return this.#files.lastFailureWasVanishing() ? this.#replacementsOf(folder) : folder.children.values();
    }
    const signature = `${status.ino}:${status.nlink}:${status.mtimeMs}`;
    const isDue = this.#clock.monotonicMs() - folder.listedAtMs > RELIST_MS;
    if ((signature !== folder.signature || isDue) && this.#list(folder)) {
      const isSettled = this.#clock.now() - status.mtimeMs > UNSETTLED_MS;
      folder.signature = isSettled ? signature : '';
    }
    if (folder.identity !== undefined) this.#readPids(folder);
    return folder.children.values();
  }

  #list(folder: Folder): boolean {
    const names = this.#files.folderNames(folder.path);
    if (names === undefined) return false;
    folder.children = new Map(
      names.map((name) => [name, folder.children.get(name) ?? this.#childOf(folder, name)]),
    );
    folder.listedAtMs = this.#clock.monotonicMs();
    return true;
  }

  /** Removal and creation in one moment leave the number of children, and so the signature, as it was. */
  #replacementsOf(folder: Folder): Folder[] {
    folder.pids = [];
    const { parent } = folder;
    if (parent === undefined) return [];
    const before = parent.children;
    parent.signature = '';
    this.#list(parent);
    return [...parent.children.values()].filter((child) => !before.has(child.name));
  }

  #childOf(parent: Folder, name: string): Folder {
    const childPath = `${parent.path}/${name}`;
    const parsed = parseCgroupPath(childPath.slice(this.#root.path.length));
    return aFolder(childPath, name, parent, parsed.match ? parsed : undefined);
  }

  #readPids(folder: Folder): void {
    const bytes = this.#files.bytes(`${folder.path}/cgroup.procs`);
    if (bytes !== undefined) folder.pids = pidsIn(bytes);
    else if (this.#files.lastFailureWasVanishing()) folder.pids = [];
  }

  #reportSize(truncated: boolean): void {
    if (truncated && !this.#truncated) {
      this.#logger.error(
        { root: this.#root.path, limit: MAX_FOLDERS },
        'the cgroup tree has more directories than are walked: some processes are not found',
      );
    }
    this.#truncated = truncated;
  }
}

function aFolder(
  folderPath: string,
  name: string,
  parent: Folder | undefined,
  identity: CgroupIdentity | undefined,
): Folder {
  return {
    path: folderPath,
    name,
    parent,
    identity,
    children: new Map(),
    signature: '',
    listedAtMs: 0,
    pids: [],
  };
}

function holdsPod(folder: Folder): boolean {
  return folder.identity !== undefined || [...folder.children.values()].some(holdsPod);
}
