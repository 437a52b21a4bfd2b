import { randomBytes } from 'node:crypto';
import path from 'node:path';
import type { CgroupBackend } from '../../localcluster/kubelet/cgroups/cgroup-backend.js';
import { type BackendOptions, chooseBackend } from '../../localcluster/kubelet/cgroups/choose-backend.js';
import { messageOf } from '../../shared/domain/domain-error.js';
import { systemClock } from '../../shared/lifecycle/clock.js';
import { silentLogger } from '../../shared/observability/logger.js';

export type BackendName = Exclude<BackendOptions['wanted'], 'auto'>;

/** A backend whose files are in the folder and whose groups are below a parent of its own. */
export function backendIn(
  wanted: BackendOptions['wanted'],
  folder: string,
  parent = `podium-test-${randomBytes(6).toString('hex')}/n1`,
): Promise<CgroupBackend> {
  const simulationFolder = path.join(folder, 'simulated');
  return chooseBackend({ wanted, parent, simulationFolder, clock: systemClock, logger: silentLogger });
}

/** The backends that work here, and on the console why one does not. */
export async function usableBackends(): Promise<readonly BackendName[]> {
  try {
    await backendIn('real', '/nowhere');
    return ['real', 'simulated'];
  } catch (error) {
    console.log(`skipped with real cgroups: ${messageOf(error)}`);
    return ['simulated'];
  }
}
