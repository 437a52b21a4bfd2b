import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { messageOf } from '../../../shared/domain/domain-error.js';
import type { Clock } from '../../../shared/lifecycle/clock.js';
import type { Logger } from '../../../shared/observability/logger.js';
import type { CgroupBackend, NodeRoots } from './cgroup-backend.js';
import { Membership } from './membership.js';
import { SimulatedProc } from './simulated-proc.js';
import { isIn, SimulatedTree } from './simulated-tree.js';

export interface SimulatedCgroupsOptions {
  /** A folder of its own, on one file system. */
  readonly folder: string;
  readonly reason: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

const REFRESH_MS = 80;
const THOROUGH_EVERY = 5;
const YOUNG_ROUNDS = 10;
const KILL_POLL_MS = 5;
const KILL_POLLS = 1_000;
/** An id at the end of a group's name, in whatever dialect. */
const CONTAINER_ID = /[/-]([0-9a-f]{64})(?:\.scope)?$/;

/**
 * Groups that exist only as files, for users who may not write a cgroup tree: the processes are real and found by
 * their marker, and the files say what the kernel would.
 */
export class SimulatedCgroups implements CgroupBackend {
  readonly roots: NodeRoots;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #folder: string;
  readonly #workshop: string;
  readonly #tree: SimulatedTree;
  readonly #proc: SimulatedProc;
  readonly #membership = new Membership();
  /** Group of each container. */
  readonly #groups = new Map<string, string>();
  /** What is in each group's file. */
  readonly #listed = new Map<string, string>();
  #timer: NodeJS.Timeout | undefined;
  #round = 0;
  #youngUntilRound = 0;

  constructor({ folder, reason, clock, logger }: SimulatedCgroupsOptions) {
    const procRoot = path.join(folder, 'proc');
    const cgroupRoot = path.join(folder, 'cgroup');
    this.roots = { backend: 'simulated', procRoot, cgroupRoot, reason };
    this.#clock = clock;
    this.#logger = logger;
    this.#folder = folder;
    this.#workshop = path.join(folder, 'workshop');
    this.#tree = new SimulatedTree(cgroupRoot, this.#workshop);
    this.#proc = new SimulatedProc(procRoot, this.#workshop);
  }

  async start(): Promise<void> {
    await this.#killLeftovers();
    rmSync(this.#folder, { recursive: true, force: true });
    mkdirSync(this.#workshop, { recursive: true });
    this.#proc.clear();
    this.#tree.make('');
    this.#timer = setInterval(() => this.#refreshIfUsed(), REFRESH_MS);
    this.#timer.unref();
  }

  async create(group: string): Promise<void> {
    this.#tree.make(group);
  }

  folder(group: string): string {
    return this.#tree.folder(group);
  }

  entered(group: string, containerId: string, pid: number): void {
    this.#youngUntilRound = this.#round + YOUNG_ROUNDS;
    this.#groups.set(containerId, group);
    this.#membership.addContainer(containerId);
    this.#membership.addLeader(containerId, pid);
    this.#guarded(() => this.#show());
  }

  async kill(group: string): Promise<void> {
    for (let poll = 0; poll < KILL_POLLS; poll++) {
      if (this.#killOnce(group) === 0) return this.#guarded(() => this.#show());
      await this.#clock.sleep(KILL_POLL_MS);
    }
    throw new Error(`processes of ${this.folder(group)} do not end within ${KILL_POLLS * KILL_POLL_MS} ms`);
  }

  async remove(group: string): Promise<void> {
    for (const [containerId, own] of this.#groups) if (isIn(own, group)) this.#forget(containerId);
    this.#tree.remove(group);
    this.#show();
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.kill('');
    rmSync(this.#folder, { recursive: true, force: true });
  }

  stopNow(): void {
    clearInterval(this.#timer);
    for (let poll = 0; poll < 10 && this.#killOnce('') > 0; poll++) {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, KILL_POLL_MS);
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** The names in the tree that an earlier run has left say whose processes to look for. */
  async #killLeftovers(): Promise<void> {
    for (const group of this.#tree.groups()) {
      const containerId = CONTAINER_ID.exec(group)?.[1];
      if (containerId === undefined) continue;
      this.#groups.set(containerId, group);
      this.#membership.addContainer(containerId);
    }
    await this.kill('');
    for (const containerId of this.#groups.keys()) this.#forget(containerId);
  }

  #forget(containerId: string): void {
    this.#listed.delete(this.#groups.get(containerId) ?? '');
    this.#groups.delete(containerId);
    this.#membership.removeContainer(containerId);
  }

  /** Sends SIGKILL to all that are there now, and tells how many. */
  #killOnce(group: string): number {
    this.#membership.refresh('thorough');
    let killed = 0;
    for (const [containerId, pids] of this.#membership.byContainer()) {
      if (!isIn(this.#groups.get(containerId) ?? '', group)) continue;
      for (const pid of pids) killIfThere(pid);
      killed += pids.length;
    }
    return killed;
  }

  #refreshIfUsed(): void {
    if (!this.#membership.hasContainers) return;
    const isThorough = this.#isThoroughRound();
    this.#guarded(() => {
      const hasChanged = this.#membership.refresh(isThorough ? 'thorough' : 'quick');
      if (hasChanged || isThorough) this.#show();
    });
  }

  /** A process becomes another program right after its start or hardly ever: look closely then and seldom later. */
  #isThoroughRound(): boolean {
    this.#round++;
    return this.#round <= this.#youngUntilRound || this.#round % THOROUGH_EVERY === 0;
  }

  /** The next refresh makes good what a full disk kept from being written. */
  #guarded(step: () => void): void {
    try {
      step();
    } catch (error) {
      this.#logger.warn({ error: messageOf(error) }, 'simulated groups not refreshed');
    }
  }

  #show(): void {
    const shown = new Map<number, string>();
    for (const [containerId, pids] of this.#membership.byContainer()) {
      const group = this.#groups.get(containerId);
      if (group === undefined) continue;
      for (const pid of pids) shown.set(pid, group);
      const text = pids.join(' ');
      if (this.#listed.get(group) === text) continue;
      this.#tree.list(group, pids);
      this.#listed.set(group, text);
    }
    this.#proc.show(shown);
  }
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // Gone since it was seen, or another user's: the next look tells.
  }
}
