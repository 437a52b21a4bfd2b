import { DomainError } from '../../../shared/domain/domain-error.js';
import type { Clock } from '../../../shared/lifecycle/clock.js';
import type { Logger } from '../../../shared/observability/logger.js';
import type { ProcessInterest, ProcessSnapshot } from '../../domain/pod-process.js';
import type { ProcessDiscovery, ProcessTable, ProcessTableCounts } from '../../ports/process-table.js';
import { FolderWatches } from './folder-watches.js';
import { HostPodMembers } from './host-pod-members.js';
import { KeptFiles } from './kept-files.js';
import { hasHostCgroupNamespace, hasHostPidNamespace } from './namespaces.js';
import { NodeFiles } from './node-files.js';
import { NO_MEMBERS, type PodMembers } from './pod-members.js';
import { ProcessReader } from './process-reader.js';
import { ProcessRecords } from './process-records.js';
import { ReadErrors } from './read-errors.js';
import { TimeSlice } from './time-slice.js';

export interface HostProcessTableOptions {
  /** A mounted procfs, or a folder of its shape. */
  readonly procRoot: string;
  /** A cgroup v2 mount, a subtree of one, the mount point of a v1 or hybrid host, or a folder of a tree's shape. */
  readonly cgroupRoot: string;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Told when the kernel says that processes of pods have come or gone: time for a refresh. */
  readonly onChange?: () => void;
}

/** The process table of the machine it runs on, or of a folder that has the shape of one. */
export class HostProcessTable implements ProcessTable {
  readonly #options: HostProcessTableOptions;
  readonly #errors = new ReadErrors();
  readonly #files = new NodeFiles(this.#errors);
  readonly #keptFiles = new KeptFiles(this.#files);
  readonly #watches = new FolderWatches(this.#errors);
  readonly #members: HostPodMembers;
  readonly #records: ProcessRecords;
  #last: PodMembers = NO_MEMBERS;

  constructor(options: HostProcessTableOptions) {
    this.#options = options;
    this.#members = new HostPodMembers({
      ...options,
      files: this.#files,
      keptFiles: this.#keptFiles,
      watches: this.#watches,
      onChange: options.onChange ?? (() => {}),
    });
    this.#records = new ProcessRecords(new ProcessReader(options.procRoot, this.#files), options.clock);
  }

  async refresh(interest: ProcessInterest): Promise<ProcessSnapshot> {
    const slice = new TimeSlice(this.#options.clock);
    const members = await this.#members.read(slice, interest);
    if (members === undefined)
      throw this.#unreadable('neither the cgroup tree nor the proc root can be read');
    this.#last = members;
    const snapshot = await this.#records.refresh(members.processes, interest, slice);
    this.#checkReadable(members, snapshot);
    return snapshot;
  }

  discovery(): ProcessDiscovery {
    const { procRoot } = this.#options;
    return {
      cgroupVersion: this.#members.cgroupVersion(),
      source: this.#members.source(),
      hostPidNamespace: hasHostPidNamespace(this.#last),
      hostCgroupNamespace: hasHostCgroupNamespace(procRoot),
    };
  }

  readErrors(): ReadonlyMap<string, number> {
    return this.#errors.byErrno();
  }

  counts(): ProcessTableCounts {
    return {
      processes: this.#last.podProcessCount,
      pods: this.#last.podCount,
      conflicts: this.#last.conflictCount,
      watches: this.#watches.count(),
      openFiles: this.#keptFiles.openCount(),
    };
  }

  close(): void {
    this.#members.close();
  }

  /** A node without processes of pods is possible; one where they only cannot be seen must not pass for it. */
  #checkReadable(members: PodMembers, snapshot: ProcessSnapshot): void {
    const { procRoot } = this.#options;
    const looks = this.#records.looks();
    if (members.processes.size === 0 && members.hiddenCount > 0) {
      throw this.#unreadable('every process is in another pid namespace: the agent needs hostPID');
    }
    if (snapshot.processCount === 0 && looks.refused > 0) {
      throw this.#unreadable('the processes of pods may not be read: the agent needs the rights for it');
    }
    if (this.#files.status(procRoot) === undefined) throw this.#unreadable('there is no proc root');
    if (looks.ended > 0 && looks.alive === 0 && !this.#files.names(procRoot)?.some(isPid)) {
      throw this.#unreadable('the proc root holds no process: procfs is not mounted there');
    }
  }

  #unreadable(reason: string): DomainError {
    const { procRoot, cgroupRoot } = this.#options;
    return new DomainError(
      'unavailable',
      `the processes of this node cannot be read (proc.root ${procRoot}, cgroup.root ${cgroupRoot}): ${reason}`,
    );
  }
}

function isPid(name: string): boolean {
  return /^\d+$/.test(name);
}
