import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../shared/lifecycle/clock.js';
import { silentLogger } from '../../../shared/observability/logger.js';
import { backendIn, usableBackends } from '../../../tests/support/cgroup-backends.js';
import { eventually } from '../../../tests/support/eventually.js';
import { isAlive } from '../../../tests/support/processes.js';
import { ContainerProcess } from '../containers/container-process.js';
import { launch } from '../containers/launcher.js';
import { CONTAINER_MARKER } from './membership.js';
import { sweepEarlierRun } from './sweep-earlier-run.js';

const tools = { clock: systemClock, logger: silentLogger };
const ID = 'beef'.padEnd(64, '0');

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'podium-test-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const backends = await usableBackends();

describe('sweepEarlierRun', () => {
  it.each(backends)('ends what a run with %s groups has left elsewhere', async (wanted) => {
    const earlier = await backendIn(wanted, folder);
    const present = await backendIn('simulated', path.join(folder, 'present'));
    await earlier.start();
    await earlier.create(`kubepods/pod1/${ID}`);
    const groupFolder = earlier.folder(`kubepods/pod1/${ID}`);
    const environment = new Map([[CONTAINER_MARKER, ID]]);
    const argv = ['/bin/sleep', '1000'];
    const { pid = 0 } = new ContainerProcess(
      launch({ containerId: ID, groupFolder, workingDirectory: '/', argv, environment }),
    );
    earlier.entered(`kubepods/pod1/${ID}`, ID, pid);
    const file = path.join(folder, 'node-roots.json');
    await writeFile(file, JSON.stringify(earlier.roots));

    await sweepEarlierRun(file, present.roots, tools);

    await eventually(() => expect(isAlive(pid)).toBe(false));
    expect(existsSync(earlier.roots.cgroupRoot)).toBe(false);
    await earlier.stop();
  });

  it('does nothing when there was none, or it left no readable word', async () => {
    const { roots } = await backendIn('simulated', folder);
    const file = path.join(folder, 'node-roots.json');

    await sweepEarlierRun(file, roots, tools);
    await writeFile(file, '{"backend":');
    await sweepEarlierRun(file, roots, tools);

    expect(existsSync(roots.cgroupRoot)).toBe(false);
  });
});
