import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFile, rmdir } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { DomainError, messageOf } from '../../../shared/domain/domain-error.js';
import { errnoOf, readIfPresent } from '../../../shared/files/read-if-present.js';
import type { Clock } from '../../../shared/lifecycle/clock.js';
import type { Logger } from '../../../shared/observability/logger.js';
import type { CgroupBackend } from './cgroup-backend.js';
import { makeGroup } from './cgroup-folders.js';
import { cgroupMounts, ownCgroup } from './cgroup-mounts.js';
import { RealCgroups } from './real-cgroups.js';
import { SimulatedCgroups } from './simulated-cgroups.js';

export interface BackendOptions {
  readonly wanted: 'auto' | 'real' | 'simulated';
  /** Path of the node's root below the place that may be written. */
  readonly parent: string;
  /** Folder for the files of a simulation. */
  readonly simulationFolder: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

const PROBE_TIMEOUT_MS = 5_000;

/**
 * Takes the kernel's cgroups where this user may make groups and put processes into them, and files otherwise.
 * Rejects with `unavailable` when real ones are wanted and cannot be had, or when this is not a Linux with /proc.
 */
export async function chooseBackend(options: BackendOptions): Promise<CgroupBackend> {
  const { wanted, parent, clock } = options;
  if (wanted === 'simulated') return simulated(options, 'simulated groups were asked for');
  const search = await findWritableBase();
  if ('base' in search) {
    const reason = `the cgroup v2 tree at ${search.base} may be written`;
    return new RealCgroups({ base: search.base, parent, reason, clock });
  }
  if (wanted === 'auto') return simulated(options, search.reason);
  throw new DomainError(
    'unavailable',
    `real cgroups cannot be had: ${search.reason}. Run as root, in a delegated group, or with --cgroups auto`,
  );
}

async function simulated(
  { simulationFolder, clock, logger }: BackendOptions,
  reason: string,
): Promise<CgroupBackend> {
  if ((await readIfPresent('/proc/self/stat')) === undefined) {
    throw new DomainError('unavailable', 'there is no /proc: this kubelet needs Linux');
  }
  return new SimulatedCgroups({ folder: simulationFolder, reason, clock, logger });
}

type Search = { readonly base: string } | { readonly reason: string };

/** The top of the tree for root; for others the topmost group above their own that was delegated to them. */
async function findWritableBase(): Promise<Search> {
  const mounts = cgroupMounts((await readIfPresent('/proc/self/mountinfo')) ?? '');
  if (mounts.length === 0) return { reason: 'no cgroup v2 is mounted' };
  const own = ownCgroup(await readFile('/proc/self/cgroup', 'utf8'));
  let reason = '';
  for (const base of mounts.flatMap((mount) => basesIn(mount, own))) {
    const fault = await probe(base);
    if (fault === undefined) return { base };
    reason ||= `no group can be used below ${base}: ${fault}`;
  }
  return { reason };
}

/** The mount point and each group from there down to our own. */
function basesIn(mount: string, own: string): string[] {
  const names = own.split('/').filter((name) => name !== '' && name !== '..');
  return [mount, ...names.map((_, index) => path.join(mount, ...names.slice(0, index + 1)))];
}

/** Tries what a container's start needs: make a group, let a new process enter it. */
async function probe(base: string): Promise<string | undefined> {
  const group = path.join(base, `podium-probe-${randomBytes(6).toString('hex')}`);
  try {
    await makeGroup(group);
  } catch (error) {
    return `it may not be written (${errnoOf(error)})`;
  }
  try {
    const enter = 'echo $$ > "$1/cgroup.procs"';
    await promisify(execFile)('/bin/sh', ['-c', enter, 'sh', group], { timeout: PROBE_TIMEOUT_MS });
    return undefined;
  } catch (error) {
    return `a process could not enter it (${messageOf(error).trim()})`;
  } finally {
    await rmdir(group).catch(() => {});
  }
}
