import type { Clock } from '../../../shared/lifecycle/clock.js';
import type { CgroupIdentity } from '../../domain/cgroup-path.js';
import type {
  PodProcess,
  ProcessInterest,
  ProcessSnapshot,
  ThreadIdentity,
} from '../../domain/pod-process.js';
import type { ProcessReader } from './process-reader.js';
import { LookBudget, recheckDelayMs } from './recheck.js';
import type { TimeSlice } from './time-slice.js';

/** Processes by pid, with the cgroup that makes them a pod's. */
export type Members = ReadonlyMap<number, CgroupIdentity>;

interface Entry {
  readonly process: PodProcess;
  readonly cgroup: CgroupIdentity;
  readonly firstSeenMs: number;
  readonly dueAtMs: number;
  readonly details: Details;
}

/** What was read, or tried to be, beyond what every process tells. */
interface Details {
  readonly commandLine: boolean;
  readonly executable: boolean;
}

interface Looks {
  alive: number;
  ended: number;
  refused: number;
}

const LONGEST_RECHECK_MS = 900;

const EMPTY: ProcessSnapshot = { byPod: new Map(), processCount: 0, ofNoPod: [] };

/**
 * Keeps what is known about each process that is asked for, and reads again only what may have changed: new pids, pids in another
 * cgroup, young processes, and the others by turns, because a pid may be used again and exec changes a comm.
 */
export class ProcessRecords {
  readonly #reader: ProcessReader;
  readonly #clock: Clock;
  /** Least recently looked at first. */
  readonly #entries = new Map<number, Entry>();
  #snapshot = EMPTY;
  #changed = false;
  #looks: Looks = { alive: 0, ended: 0, refused: 0 };
  #settledFor: { readonly members: Members; readonly interest: ProcessInterest } | undefined;

  constructor(reader: ProcessReader, clock: Clock) {
    this.#reader = reader;
    this.#clock = clock;
  }

  /** Brings the records up to date with the members; the same snapshot as before when nothing changed. */
  async refresh(members: Members, interest: ProcessInterest, slice: TimeSlice): Promise<ProcessSnapshot> {
    this.#changed = false;
    this.#looks = { alive: 0, ended: 0, refused: 0 };
    const beganAtMs = this.#clock.monotonicMs();
    const settled = this.#settledFor;
    if (settled?.members !== members || settled.interest !== interest) {
      await this.#follow(members, interest, slice);
    }
    await this.#lookAtDue(beganAtMs, interest, slice);
    await this.#listThreads(interest, slice);
    if (this.#changed) this.#snapshot = snapshotOf(this.#entries.values());
    return this.#snapshot;
  }

  /** What the looks of the last refresh came to. After a refused one, a process known before stays as it was. */
  looks(): Readonly<Looks> {
    return this.#looks;
  }

  async #follow(members: Members, interest: ProcessInterest, slice: TimeSlice): Promise<void> {
    const isWanted = (cgroup: CgroupIdentity | undefined) =>
      cgroup !== undefined && interest.inPod(cgroup.podUid ?? '');
    for (const pid of this.#entries.keys()) if (!isWanted(members.get(pid))) this.#forget(pid);
    for (const [pid, cgroup] of members) {
      if (!isWanted(cgroup)) continue;
      if (slice.isUsedUp()) await slice.next();
      const entry = this.#entries.get(pid);
      if (entry === undefined || entry.cgroup !== cgroup || lacksDetails(entry, interest)) {
        this.#look(pid, cgroup, interest);
      }
    }
    // A process that could not be read now may be readable later, or be another one under its pid.
    const isComplete = this.#looks.ended + this.#looks.refused === 0;
    this.#settledFor = isComplete ? { members, interest } : undefined;
  }

  async #lookAtDue(nowMs: number, interest: ProcessInterest, slice: TimeSlice): Promise<void> {
    const budget = new LookBudget();
    for (const [pid, entry] of this.#entries) {
      if (entry.dueAtMs > nowMs || !budget.take(nowMs - entry.firstSeenMs)) continue;
      if (slice.isUsedUp()) await slice.next();
      this.#look(pid, entry.cgroup, interest);
    }
  }

  #look(pid: number, cgroup: CgroupIdentity, interest: ProcessInterest): void {
    const before = this.#entries.get(pid);
    const stat = this.#reader.stat(pid);
    if (stat === 'ended') {
      this.#looks.ended++;
      this.#forget(pid);
      return;
    }
    if (stat === 'refused') {
      this.#looks.refused++;
      return;
    }
    this.#looks.alive++;
    const nowMs = this.#clock.monotonicMs();
    const podUid = cgroup.podUid ?? '';
    const same = before?.process.startTimeTicks === stat.startTimeTicks ? before : undefined;
    const details = {
      commandLine: interest.inCommandLines(podUid),
      executable: interest.inExecutables(podUid),
    };
    const process: PodProcess = {
      pid,
      startTimeTicks: stat.startTimeTicks,
      parentPid: stat.parentPid,
      comm: stat.comm,
      isKernelThread: stat.isKernelThread,
      podUid,
      containerId: cgroup.containerId ?? undefined,
      // What cannot be read for a moment stays as it was.
      commandLine: details.commandLine
        ? (this.#reader.commandLine(pid) ?? same?.process.commandLine)
        : undefined,
      executable: details.executable ? (this.#reader.executable(pid) ?? same?.process.executable) : undefined,
      threads: same?.process.threads ?? [],
    };
    const firstSeenMs = same?.firstSeenMs ?? nowMs;
    const dueAtMs = nowMs + recheckDelayMs(nowMs - firstSeenMs, LONGEST_RECHECK_MS);
    this.#keep({ process, cgroup, firstSeenMs, dueAtMs, details });
  }

  /** Threads come and go faster than anything else, so they are listed each time. */
  async #listThreads(interest: ProcessInterest, slice: TimeSlice): Promise<void> {
    for (const entry of this.#entries.values()) {
      const { process } = entry;
      const isWanted = interest.inThreads(process);
      if (!isWanted && process.threads.length === 0) continue;
      if (slice.isUsedUp()) await slice.next();
      const threads = isWanted ? this.#threadsOf(process) : [];
      if (sameThreads(threads, process.threads)) continue;
      this.#changed = true;
      this.#entries.set(process.pid, { ...entry, process: { ...process, threads } });
    }
  }

  #threadsOf({ pid, threads }: PodProcess): readonly ThreadIdentity[] {
    const tids = this.#reader.threadIds(pid);
    if (tids === undefined) return threads;
    const known = new Map(threads.map((thread) => [thread.tid, thread]));
    return tids.flatMap((tid) => {
      const thread = known.get(tid);
      if (thread !== undefined) return thread;
      const startTimeTicks = this.#reader.threadStartTicks(pid, tid);
      return startTimeTicks === undefined ? [] : { tid, startTimeTicks };
    });
  }

  #keep(entry: Entry): void {
    const { pid } = entry.process;
    const before = this.#entries.get(pid)?.process;
    const unchanged = before !== undefined && sameProcess(before, entry.process);
    this.#changed ||= !unchanged;
    this.#entries.delete(pid);
    this.#entries.set(pid, unchanged ? { ...entry, process: before } : entry);
  }

  #forget(pid: number): void {
    this.#settledFor = undefined;
    if (this.#entries.delete(pid)) this.#changed = true;
  }
}

function lacksDetails({ process, details }: Entry, interest: ProcessInterest): boolean {
  return (
    (interest.inCommandLines(process.podUid) && !details.commandLine) ||
    (interest.inExecutables(process.podUid) && !details.executable)
  );
}

function sameProcess(a: PodProcess, b: PodProcess): boolean {
  return (
    a.startTimeTicks === b.startTimeTicks &&
    a.comm === b.comm &&
    a.parentPid === b.parentPid &&
    a.podUid === b.podUid &&
    a.containerId === b.containerId &&
    a.commandLine === b.commandLine &&
    a.executable === b.executable &&
    sameThreads(a.threads, b.threads)
  );
}

function sameThreads(a: readonly ThreadIdentity[], b: readonly ThreadIdentity[]): boolean {
  return (
    a.length === b.length &&
    a.every((thread, index) => {
      const other = b[index];
      return thread.tid === other?.tid && thread.startTimeTicks === other.startTimeTicks;
    })
  );
}

function snapshotOf(entries: Iterable<Entry>): ProcessSnapshot {
  const byPod = new Map<string, PodProcess[]>();
  const ofNoPod: PodProcess[] = [];
  let processCount = 0;
  for (const { process } of entries) {
    if (process.podUid === '') {
      ofNoPod.push(process);
      continue;
    }
    processCount++;
    const ofPod = byPod.get(process.podUid);
    if (ofPod === undefined) byPod.set(process.podUid, [process]);
    else ofPod.push(process);
  }
  for (const processes of [...byPod.values(), ofNoPod]) processes.sort((a, b) => a.pid - b.pid);
  return { byPod, processCount, ofNoPod };
}
