import type { Clock } from '../../../shared/lifecycle/clock.js';
import { type CgroupIdentity, parseCgroupPath, unifiedPathOf } from '../../domain/cgroup-path.js';
import { Membership } from './membership.js';
import type { NodeFiles } from './node-files.js';
import { type MemberInterest, type PodMemberSource, type PodMembers, podMembers } from './pod-members.js';
import { LookBudget, recheckDelayMs } from './recheck.js';
import type { TimeSlice } from './time-slice.js';

interface Entry {
  readonly text: string;
  /** undefined for a process of another node's cgroups. */
  readonly identity: CgroupIdentity | undefined;
  readonly firstSeenMs: number;
  readonly dueAtMs: number;
}

const LONGEST_RECHECK_MS = 5_000;

/**
 * Asks each process for its cgroup (/proc/PID/cgroup), for nodes without a usable cgroup tree: v1 hosts, or a
 * tree that is not mounted here. A process rarely changes its cgroup after its first moments, so only new and
 * young ones are asked each time, and the others by turns.
 */
export class CgroupScan implements PodMemberSource {
  readonly #procRoot: string;
  readonly #files: NodeFiles;
  readonly #clock: Clock;
  readonly #prefix: string;
  readonly #membership = new Membership();
  /** Least recently asked first. */
  readonly #entries = new Map<number, Entry>();

  /** @param prefix Cgroup path below which processes are this node's; empty = all of them. */
  constructor(procRoot: string, prefix: string, files: NodeFiles, clock: Clock) {
    this.#procRoot = procRoot;
    this.#prefix = prefix;
    this.#files = files;
    this.#clock = clock;
  }

  async read(slice: TimeSlice, interest: MemberInterest): Promise<PodMembers | undefined> {
    const pids = this.#files
      .names(this.#procRoot)
      ?.map(Number)
      .filter((pid) => pid > 0);
    // There is always a process, if only the reader: an empty proc root is one that is not mounted.
    if (pids === undefined || pids.length === 0) return undefined;
    const present = new Set(pids);
    for (const pid of this.#entries.keys()) if (!present.has(pid)) this.#entries.delete(pid);
    for (const pid of pids) {
      if (slice.isUsedUp()) await slice.next();
      if (!this.#entries.has(pid)) this.#ask(pid);
    }
    await this.#askDue(slice);
    return this.#members(interest);
  }

  async #askDue(slice: TimeSlice): Promise<void> {
    const nowMs = this.#clock.monotonicMs();
    const budget = new LookBudget();
    for (const [pid, entry] of this.#entries) {
      if (entry.dueAtMs > nowMs || !budget.take(nowMs - entry.firstSeenMs)) continue;
      if (slice.isUsedUp()) await slice.next();
      this.#ask(pid);
    }
  }

  #ask(pid: number): void {
    const before = this.#entries.get(pid);
    const text = this.#files.text(`${this.#procRoot}/${pid}/cgroup`);
    if (text === undefined) {
      if (this.#files.lastFailureWasVanishing()) this.#entries.delete(pid);
      return;
    }
    const nowMs = this.#clock.monotonicMs();
    const firstSeenMs = before?.firstSeenMs ?? nowMs;
    this.#entries.delete(pid);
    this.#entries.set(pid, {
      text,
      identity: before?.text === text ? before.identity : this.#identityIn(text),
      firstSeenMs,
      dueAtMs: nowMs + recheckDelayMs(nowMs - firstSeenMs, LONGEST_RECHECK_MS),
    });
  }

  #identityIn(text: string): CgroupIdentity | undefined {
    if (this.#prefix === '') return parseCgroupPath(text);
    const path = pathBelow(this.#prefix, unifiedPathOf(text));
    return path === undefined ? undefined : parseCgroupPath(path);
  }

  #members(interest: MemberInterest): PodMembers {
    const processes = new Map<number, CgroupIdentity>();
    let conflictCount = 0;
    for (const [pid, { identity }] of this.#entries) {
      if (identity === undefined) continue;
      if (identity.class === 'conflict') conflictCount++;
      const member = this.#membership.of(identity, interest);
      if (member !== undefined) processes.set(pid, member);
    }
    return podMembers(processes, 0, conflictCount);
  }
}

/** The prefix itself is the node's topmost cgroup. */
function pathBelow(prefix: string, path: string | undefined): string | undefined {
  if (path === prefix) return '/';
  return path?.startsWith(`${prefix}/`) ? path.slice(prefix.length) : undefined;
}
