import type { Clock } from '../../../shared/lifecycle/clock.js';
import type { Logger } from '../../../shared/observability/logger.js';
import { type CgroupIdentity, parseCgroupPath } from '../../domain/cgroup-path.js';
import { CgroupFolder } from './cgroup-folder.js';
import type { FolderChange, FolderWatches } from './folder-watches.js';
import type { KeptFiles } from './kept-files.js';
import { Membership } from './membership.js';
import type { NodeFiles } from './node-files.js';
import { type MemberInterest, type PodMemberSource, type PodMembers, podMembers } from './pod-members.js';
import type { TimeSlice } from './time-slice.js';

export interface CgroupTreeOptions {
  readonly root: string;
  readonly files: NodeFiles;
  readonly clock: Clock;
  readonly logger: Logger;
  /** What a tree of the kernel's own can do; undefined for a plain folder of its shape. */
  readonly kernel: { readonly keptFiles: KeptFiles; readonly watches: FolderWatches } | undefined;
  /** Told when the kernel says that processes of pods have come or gone. */
  readonly onChange: () => void;
}

/** A container with a cgroup tree of its own may make as many directories as it likes. */
const MAX_FOLDERS = 20_000;

/** Directories are listed again after this time even when they look unchanged. */
const RELIST_MS = 10_000;

/** A file system's clock may stand still this long, so a younger directory may change without a trace. */
const UNSETTLED_MS = 100;

/**
 * Walks a cgroup tree and reads which processes are in the cgroups of pods, an order of magnitude cheaper than
 * asking each process. What is parsed is a directory's path below the root, so the root may be a subtree. In a tree
 * of the kernel's own, directories are watched and their lists of processes stay open, so that a walk asks for no
 * more than what those lists hold.
 */
export class CgroupTree implements PodMemberSource {
  readonly #options: CgroupTreeOptions;
  readonly #membership = new Membership();
  readonly #root: CgroupFolder;
  #last: PodMembers | undefined;
  #lastInterest: MemberInterest | undefined;
  #changed = false;
  #hasPods = false;
  #truncated = false;

  constructor(options: CgroupTreeOptions) {
    this.#options = options;
    this.#root = CgroupFolder.root(options.root, parseCgroupPath('/'));
  }

  async read(slice: TimeSlice, interest: MemberInterest): Promise<PodMembers | undefined> {
    const status = this.#options.files.status(this.#root.location);
    if (status?.isDirectory() !== true) return undefined;
    this.#changed = this.#lastInterest !== interest;
    if (this.#root.inode !== status.ino) this.#begin(this.#root, status.ino);
    this.#hasPods = false;
    // Level by level, so that what a container makes below itself comes after every other pod's containers.
    const folders = [this.#root];
    for (const folder of folders) {
      if (slice.isUsedUp()) await slice.next();
      for (const next of this.#visit(folder)) if (folders.length < MAX_FOLDERS) folders.push(next);
      if (folder.identity.podUid !== null) this.#hasPods = true;
      if (this.#membership.of(folder.identity, interest) !== undefined) this.#readPids(folder);
    }
    this.#reportSize(folders.length === MAX_FOLDERS);
    this.#lastInterest = interest;
    if (this.#changed || this.#last === undefined) this.#last = this.#membersOf(folders, interest);
    return this.#last;
  }

  /** Whether the last walk saw a cgroup of a pod, with or without processes. */
  hasPods(): boolean {
    return this.#hasPods;
  }

  /** Releases every file and watch. */
  close(): void {
    this.#root.release();
  }

  #membersOf(folders: readonly CgroupFolder[], interest: MemberInterest): PodMembers {
    const processes = new Map<number, CgroupIdentity>();
    let hiddenCount = 0;
    for (const { identity, pids } of folders) {
      const member = this.#membership.of(identity, interest);
      if (member === undefined) continue;
      for (const pid of pids) {
        if (pid !== 0) processes.set(pid, member);
        else if (member.podUid !== null) hiddenCount++;
      }
    }
    return podMembers(processes, hiddenCount, 0);
  }

  /** Brings one directory up to date. Gives the directories to visit after it. */
  #visit(folder: CgroupFolder): Iterable<CgroupFolder> {
    const { files, clock } = this.#options;
    const isDue = clock.monotonicMs() - folder.listedAtMs > RELIST_MS;
    if (folder.watch?.isAlive() === true && !folder.isDirty && !isDue) return folder.children.values();
    const status = files.status(folder.location);
    if (status === undefined) {
      // What may not be read for a moment is still there; what is gone may have been replaced.
      return files.lastFailureWasVanishing() ? this.#replacementsOf(folder) : folder.children.values();
    }
    if (folder.inode !== status.ino) this.#begin(folder, status.ino);
    const signature = `${status.ino}:${status.nlink}:${status.mtimeMs}`;
    if ((folder.isDirty || signature !== folder.signature || isDue) && this.#list(folder)) {
      const isSettled = clock.now() - status.mtimeMs > UNSETTLED_MS;
      folder.signature = isSettled ? signature : '';
    }
    return folder.children.values();
  }

  /** A directory that is new, or another one under the name of one that was removed. */
  #begin(folder: CgroupFolder, inode: number): void {
    folder.release();
    folder.inode = inode;
    folder.isDirty = true;
    this.#changed = true;
  }

  #list(folder: CgroupFolder): boolean {
    // Watched before it is listed, so that nothing can come in between unseen.
    this.#watch(folder);
    folder.isDirty = false;
    const names = this.#options.files.folderNames(folder.location);
    if (names === undefined) {
      folder.isDirty = true;
      return false;
    }
    const before = folder.children;
    folder.children = new Map(names.map((name) => [name, before.get(name) ?? this.#childOf(folder, name)]));
    for (const [name, child] of before) if (!folder.children.has(name)) this.#drop(child);
    folder.listedAtMs = this.#options.clock.monotonicMs();
    return true;
  }

  #watch(folder: CgroupFolder): void {
    const { kernel } = this.#options;
    if (kernel === undefined || !folder.isWorthWatching() || folder.watch?.isAlive() === true) return;
    folder.watch = kernel.watches.watch(folder.location, (change) => this.#note(folder, change));
  }

  #note(folder: CgroupFolder, { kind, name }: FolderChange): void {
    if (kind === 'entry') {
      folder.isDirty = true;
      // Removed and made again under one name it is another directory; its own watch cannot tell.
      const again = name === undefined ? folder.children.values() : [folder.children.get(name)];
      for (const child of again) if (child !== undefined) child.isDirty = true;
      if (folder.isAboutPods() || name?.includes('kubepods')) this.#options.onChange();
    } else if (name === 'cgroup.events' && folder.identity.podUid !== null) {
      // The first process of a cgroup has come, or the last one has gone.
      this.#options.onChange();
    }
  }

  /** Removal and creation in one moment leave the number of children, and so the signature, as it was. */
  #replacementsOf(folder: CgroupFolder): CgroupFolder[] {
    const { parent } = folder;
    if (parent === undefined) return [];
    const before = parent.children;
    parent.signature = '';
    if (this.#list(parent) && parent.children.get(folder.name) === folder) {
      // Still listed, or listed again: its next turn will tell.
      folder.signature = '';
      this.#forgetPids(folder);
    }
    return [...parent.children.values()].filter((child) => !before.has(child.name));
  }

  #childOf(parent: CgroupFolder, name: string): CgroupFolder {
    this.#changed = true;
    return parent.child(name, parseCgroupPath(`${parent.path}/${name}`));
  }

  #drop(folder: CgroupFolder): void {
    folder.release();
    this.#changed = true;
  }

  #readPids(folder: CgroupFolder): void {
    const bytes = this.#bytesOfProcs(folder);
    if (bytes !== undefined) {
      if (folder.takePids(bytes)) this.#changed = true;
    } else if (this.#options.files.lastFailureWasVanishing()) {
      folder.isDirty = true;
      this.#forgetPids(folder);
    }
  }

  #bytesOfProcs(folder: CgroupFolder): Buffer | undefined {
    const { kernel, files } = this.#options;
    if (kernel === undefined) return files.bytes(folder.procsLocation);
    folder.procs ??= kernel.keptFiles.file(folder.procsLocation);
    return folder.procs.read();
  }

  #forgetPids(folder: CgroupFolder): void {
    if (folder.pids.length > 0) this.#changed = true;
    folder.forgetPids();
  }

  #reportSize(truncated: boolean): void {
    if (truncated && !this.#truncated) {
      this.#options.logger.error(
        { root: this.#options.root, limit: MAX_FOLDERS },
        'the cgroup tree has more directories than are walked: some processes are not found',
      );
    }
    this.#truncated = truncated;
  }
}
