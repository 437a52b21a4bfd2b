import type { Clock } from '../../../shared/lifecycle/clock.js';
import type { Logger } from '../../../shared/observability/logger.js';
import { type CgroupLayout, detectCgroupLayout } from './cgroup-layout.js';
import { CgroupScan } from './cgroup-scan.js';
import { CgroupTree } from './cgroup-tree.js';
import type { FolderWatches } from './folder-watches.js';
import type { KeptFiles } from './kept-files.js';
import type { NodeFiles } from './node-files.js';
import type { MemberInterest, PodMemberSource, PodMembers } from './pod-members.js';
import type { TimeSlice } from './time-slice.js';

export interface HostPodMembersOptions {
  readonly procRoot: string;
  readonly cgroupRoot: string;
  readonly files: NodeFiles;
  readonly keptFiles: KeptFiles;
  readonly watches: FolderWatches;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Told when the kernel says that processes of pods have come or gone. */
  readonly onChange: () => void;
}

interface Sources {
  readonly layout: CgroupLayout;
  readonly tree: CgroupTree | undefined;
  readonly scan: CgroupScan;
}

/** How often an incomplete cgroup root is looked at again: a mount may come after the agent. */
const LAYOUT_MS = 10_000;

/** The processes of pods from the cgroup tree where there is one, else from each process's own word. */
export class HostPodMembers implements PodMemberSource {
  readonly #options: HostPodMembersOptions;
  #sources: Sources | undefined;
  #detectedAtMs = 0;
  #source: 'cgroup tree' | 'proc scan' = 'cgroup tree';

  constructor(options: HostPodMembersOptions) {
    this.#options = options;
  }

  async read(slice: TimeSlice, interest: MemberInterest): Promise<PodMembers | undefined> {
    const { layout, tree, scan } = this.#currentSources();
    const fromTree = await tree?.read(slice, interest);
    // Beside v1 the v2 tree may hold everything but pods.
    const treeHoldsPods = fromTree !== undefined && (layout.kind !== 'hybrid' || tree?.hasPods() === true);
    this.#note(treeHoldsPods ? 'cgroup tree' : 'proc scan', layout);
    return treeHoldsPods ? fromTree : await scan.read(slice, interest);
  }

  /** Releases every file and watch. */
  close(): void {
    this.#sources?.tree?.close();
  }

  source(): 'cgroup tree' | 'proc scan' {
    return this.#source;
  }

  cgroupVersion(): 'v2' | 'v1' | 'unknown' {
    switch (this.#currentSources().layout.kind) {
      case 'v2':
        return 'v2';
      case 'hybrid':
        return this.#source === 'cgroup tree' ? 'v2' : 'v1';
      case 'v1':
        return 'v1';
      default:
        return 'unknown';
    }
  }

  #currentSources(): Sources {
    const { clock } = this.#options;
    const isSettled = this.#sources?.layout.kind === 'v2' && this.#source === 'cgroup tree';
    if (this.#sources !== undefined && (isSettled || clock.monotonicMs() - this.#detectedAtMs < LAYOUT_MS)) {
      return this.#sources;
    }
    this.#detectedAtMs = clock.monotonicMs();
    const layout = detectCgroupLayout(this.#options.cgroupRoot);
    if (this.#sources === undefined || !sameLayout(layout, this.#sources.layout)) {
      this.close();
      this.#sources = this.#sourcesFor(layout);
    }
    return this.#sources;
  }

  #sourcesFor(layout: CgroupLayout): Sources {
    const { procRoot, files, clock, logger, keptFiles, watches, onChange } = this.#options;
    const root = layout.treeRoot;
    // An open file of a plain folder would outlive its removal, which the kernel's own do not.
    const kernel = layout.kind === 'v2' || layout.kind === 'hybrid' ? { keptFiles, watches } : undefined;
    const tree =
      root === undefined ? undefined : new CgroupTree({ root, files, clock, logger, kernel, onChange });
    return { layout, tree, scan: new CgroupScan(procRoot, layout.prefix, files, clock) };
  }

  #note(source: 'cgroup tree' | 'proc scan', layout: CgroupLayout): void {
    if (source === this.#source) return;
    this.#source = source;
    this.#options.logger.info(
      { source, cgroupRoot: this.#options.cgroupRoot, layout: layout.kind },
      'the way processes are found has changed',
    );
  }
}

function sameLayout(a: CgroupLayout, b: CgroupLayout): boolean {
  return a.kind === b.kind && a.treeRoot === b.treeRoot && a.prefix === b.prefix;
}
