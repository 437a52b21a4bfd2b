import { rmdir } from 'node:fs/promises';
import path from 'node:path';
import { errnoOf } from '../../../shared/files/read-if-present.js';
import type { Clock } from '../../../shared/lifecycle/clock.js';
import type { CgroupBackend, NodeRoots } from './cgroup-backend.js';
import {
  isPopulated,
  killGroup,
  killGroupNow,
  makeGroup,
  removeGroup,
  removeGroupNow,
} from './cgroup-folders.js';

export interface RealCgroupsOptions {
  /** A folder of a cgroup v2 tree in which this user may make groups and put processes. */
  readonly base: string;
  /** The node's root below it, such as `podium/n1`; its first parts may be shared with other nodes. */
  readonly parent: string;
  readonly reason: string;
  readonly clock: Clock;
}

/** Longest wait for killed processes to be gone, and for the kernel to let go of an empty group. */
const GONE_WITHIN_MS = 5_000;
const FIRST_POLL_MS = 1;
const LONGEST_POLL_MS = 20;
const EXIT_POLL_MS = 5;
const EXIT_POLLS = 200;

/** Groups of the kernel. No controller is enabled: they name and end processes, they do not limit them. */
export class RealCgroups implements CgroupBackend {
  readonly roots: NodeRoots;
  readonly #base: string;
  readonly #parent: string;
  readonly #clock: Clock;

  constructor({ base, parent, reason, clock }: RealCgroupsOptions) {
    this.roots = { backend: 'real', procRoot: '/proc', cgroupRoot: path.join(base, parent), reason };
    this.#base = base;
    this.#parent = parent;
    this.#clock = clock;
  }

  async start(): Promise<void> {
    await this.kill('');
    await this.remove('');
    await makeGroup(this.folder(''));
  }

  create(group: string): Promise<void> {
    return makeGroup(this.folder(group));
  }

  folder(group: string): string {
    return path.join(this.roots.cgroupRoot, group);
  }

  entered(): void {}

  async kill(group: string): Promise<void> {
    const folder = this.folder(group);
    await this.#until(`processes of ${folder} do not end`, async () => {
      if (!(await isPopulated(folder))) return true;
      await killGroup(folder);
      return false;
    });
  }

  async remove(group: string): Promise<void> {
    const folder = this.folder(group);
    await this.#until(`${folder} stays busy`, async () => {
      try {
        await removeGroup(folder);
        return true;
      } catch (error) {
        if (errnoOf(error) === 'EBUSY') return false;
        throw error;
      }
    });
  }

  async stop(): Promise<void> {
    await this.kill('');
    await this.remove('');
    await this.#leaveSharedParents();
  }

  stopNow(): void {
    const root = this.folder('');
    for (let poll = 0; poll < EXIT_POLLS; poll++) {
      try {
        killGroupNow(root);
        removeGroupNow(root);
        return;
      } catch (error) {
        if (errnoOf(error) === 'ENOENT') return;
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, EXIT_POLL_MS);
      }
    }
  }

  /** Who comes last takes them away: a parent that still holds another node's group refuses. */
  async #leaveSharedParents(): Promise<void> {
    for (let parent = path.dirname(this.#parent); parent !== '.'; parent = path.dirname(parent)) {
      try {
        await rmdir(path.join(this.#base, parent));
      } catch {
        return;
      }
    }
  }

  async #until(complaint: string, isDone: () => Promise<boolean>): Promise<void> {
    const giveUpAtMs = this.#clock.monotonicMs() + GONE_WITHIN_MS;
    for (let pollMs = FIRST_POLL_MS; !(await isDone()); pollMs = Math.min(pollMs * 2, LONGEST_POLL_MS)) {
      if (this.#clock.monotonicMs() > giveUpAtMs) throw new Error(`${complaint} within ${GONE_WITHIN_MS} ms`);
      await this.#clock.sleep(pollMs);
    }
  }
}
