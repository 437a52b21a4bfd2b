import path from 'node:path';
import { messageOf } from '../../../shared/domain/domain-error.js';
import { readIfPresent } from '../../../shared/files/read-if-present.js';
import type { Clock } from '../../../shared/lifecycle/clock.js';
import type { Logger } from '../../../shared/observability/logger.js';
import type { CgroupBackend, NodeRoots } from './cgroup-backend.js';
import { RealCgroups } from './real-cgroups.js';
import { SimulatedCgroups } from './simulated-cgroups.js';

/**
 * Ends what an earlier run of the same state folder has left in a place that this run does not use: it may have had
 * other rights, or another `--cgroup-parent`. In its own place every backend does so itself. What cannot be ended is
 * logged and keeps nobody from starting.
 */
export async function sweepEarlierRun(
  rootsFile: string,
  present: NodeRoots,
  tools: { readonly clock: Clock; readonly logger: Logger },
): Promise<void> {
  const earlier = parseRoots(await readIfPresent(rootsFile));
  if (earlier === undefined || earlier.cgroupRoot === present.cgroupRoot) return;
  const backend = backendOf(earlier, tools);
  try {
    await backend.start();
    await backend.stop();
  } catch (error) {
    const fields = { cgroupRoot: earlier.cgroupRoot, error: messageOf(error) };
    tools.logger.warn(fields, 'leftovers of an earlier run not removed');
  }
}

/** Undefined for what is not there or cannot be read: then nothing is known of an earlier run. */
function parseRoots(text: string | undefined): NodeRoots | undefined {
  try {
    return text === undefined ? undefined : (JSON.parse(text) as NodeRoots);
  } catch {
    return undefined;
  }
}

function backendOf(
  { backend, cgroupRoot }: NodeRoots,
  { clock, logger }: { readonly clock: Clock; readonly logger: Logger },
): CgroupBackend {
  const folder = path.dirname(cgroupRoot);
  const reason = 'left by an earlier run';
  if (backend === 'simulated') return new SimulatedCgroups({ folder, reason, clock, logger });
  return new RealCgroups({ base: folder, parent: path.basename(cgroupRoot), reason, clock });
}
