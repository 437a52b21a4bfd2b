import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../shared/lifecycle/clock.js';
import { CONTAINER_ID, POD_UID } from '../../../tests/support/agent-builders.js';
import { containerCgroup } from '../../../tests/support/pod-cgroups.js';
import { SimulatedNode } from '../../../tests/support/simulated-node.js';
import { NO_INTEREST } from '../../domain/pod-process.js';
import { CgroupScan } from './cgroup-scan.js';
import { NodeFiles } from './node-files.js';
import { ReadErrors } from './read-errors.js';
import { TimeSlice } from './time-slice.js';

const CGROUP = containerCgroup('systemd', POD_UID, CONTAINER_ID);

let node: SimulatedNode;
beforeEach(() => {
  node = new SimulatedNode();
});
afterEach(() => node.close());

async function pidsBelow(prefix: string): Promise<number[] | undefined> {
  const scan = new CgroupScan(node.procRoot, prefix, new NodeFiles(new ReadErrors()), systemClock);
  const members = await scan.read(new TimeSlice(systemClock), NO_INTEREST);
  return members && [...members.processes.keys()].toSorted((a, b) => a - b);
}

describe('CgroupScan', () => {
  it('keeps to the cgroup that stands for the node where it is known', async () => {
    node.put({ pid: 500, cgroup: `/podium/node-1${CGROUP}` });
    node.put({ pid: 600, cgroup: `/podium/node-10${CGROUP}` });
    node.put({ pid: 700, cgroup: CGROUP });

    expect(await pidsBelow('/podium/node-1')).toEqual([500]);
    expect(await pidsBelow('')).toEqual([500, 600, 700]);
  });

  it('leaves out a process whose cgroup is gone, for it is a zombie', async () => {
    node.put({ pid: 500, cgroup: `${CGROUP} (deleted)` });

    expect(await pidsBelow('')).toEqual([]);
  });

  it('cannot be used where no process is to be seen', async () => {
    expect(await pidsBelow('')).toBeUndefined();
  });
});
