import {
  environmentVariable,
  exists,
  lastProcessId,
  liveProcess,
  type ProcessStat,
  processIds,
} from './process-table.js';

/** The variable that every process of a container has, and its children inherit. */
export const CONTAINER_MARKER = 'PODIUM_CONTAINER_ID';

interface Member {
  readonly containerId: string;
  readonly startTime: string;
}

/**
 * Which processes belong to which container where no kernel keeps the account: those that carry the container's
 * marker, are in the session of its first process or are children of a process of it. What has shed all three
 * before it was ever seen is lost.
 */
export class Membership {
  readonly #containers = new Set<string>();
  /** Container of each session that a container's first process leads. */
  readonly #sessions = new Map<number, string>();
  readonly #members = new Map<number, Member>();
  /** Processes that have been looked at. */
  #seen: ReadonlySet<number> = new Set();
  #changes = 0;
  #lastProcessId = '';

  get hasContainers(): boolean {
    return this.#containers.size > 0;
  }

  /** To be called before the container's first process begins, or before the first refresh. */
  addContainer(containerId: string): void {
    this.#containers.add(containerId);
  }

  /** The first process of a container, which leads a session of its own. */
  addLeader(containerId: string, pid: number): void {
    this.#sessions.set(pid, containerId);
    const stat = liveProcess(pid);
    if (stat !== undefined) this.#takeIn(pid, stat, containerId);
  }

  removeContainer(containerId: string): void {
    this.#containers.delete(containerId);
    for (const [session, owner] of this.#sessions) if (owner === containerId) this.#sessions.delete(session);
    for (const [pid, member] of this.#members)
      if (member.containerId === containerId) this.#members.delete(pid);
  }

  /** Processes of each container, as of the last refresh, in ascending order. */
  byContainer(): Map<string, number[]> {
    const groups = new Map([...this.#containers].map((containerId): [string, number[]] => [containerId, []]));
    for (const [pid, { containerId }] of this.#members) groups.get(containerId)?.push(pid);
    for (const pids of groups.values()) pids.sort((one, other) => one - other);
    return groups;
  }

  /**
   * Looks at the processes as they are now, and tells whether anything has changed. A quick look costs next to
   * nothing while no process begins, and takes a zombie for a process until the next thorough one.
   */
  refresh(look: 'quick' | 'thorough'): boolean {
    const before = this.#changes;
    const lastId = lastProcessId();
    if (lastId !== this.#lastProcessId) this.#takeInNew(processIds());
    this.#lastProcessId = lastId;
    for (const [pid, { startTime }] of this.#members) {
      const isThere = look === 'quick' ? exists(pid) : liveProcess(pid)?.startTime === startTime;
      if (!isThere) this.#drop(pid);
    }
    return this.#changes !== before;
  }

  #takeInNew(pids: readonly number[]): void {
    const strangers = new Map<number, ProcessStat>();
    for (const pid of pids) {
      const stat = this.#seen.has(pid) || this.#members.has(pid) ? undefined : liveProcess(pid);
      if (stat !== undefined && !this.#takeIn(pid, stat, this.#ownerOf(pid, stat))) strangers.set(pid, stat);
    }
    this.#seen = new Set(pids);
    this.#takeInDescendants(strangers);
  }

  /** A child may have been looked at before its parent, so ask again as long as that finds more. */
  #takeInDescendants(strangers: Map<number, ProcessStat>): void {
    for (let before = -1; before !== strangers.size; ) {
      before = strangers.size;
      for (const [pid, stat] of strangers) {
        const owner = this.#members.get(stat.parent)?.containerId;
        if (this.#takeIn(pid, stat, owner)) strangers.delete(pid);
      }
    }
  }

  #takeIn(pid: number, { startTime }: ProcessStat, containerId: string | undefined): boolean {
    if (containerId === undefined) return false;
    this.#members.set(pid, { containerId, startTime });
    this.#changes++;
    return true;
  }

  #drop(pid: number): void {
    this.#members.delete(pid);
    this.#changes++;
  }

  #ownerOf(pid: number, { parent, session }: ProcessStat): string | undefined {
    const related = this.#members.get(parent)?.containerId ?? this.#sessions.get(session);
    if (related !== undefined) return related;
    const marker = environmentVariable(pid, CONTAINER_MARKER);
    return marker !== undefined && this.#containers.has(marker) ? marker : undefined;
  }
}
