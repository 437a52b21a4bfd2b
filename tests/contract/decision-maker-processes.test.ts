import { randomUUID } from 'node:crypto';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PATHS } from '../../shared/contract/decision-maker-api.js';
import type { Intent } from '../../shared/domain/intent.js';
import { anIntent, aPostedSet, CONTAINER_ID, NODE, POD_UID } from '../support/agent-builders.js';
import { containerCgroup, DIALECTS } from '../support/pod-cgroups.js';
import { cgroupMount, moveTo, RealCgroups, untilPrinted } from '../support/real-cgroups.js';
import { SimulatedNode } from '../support/simulated-node.js';
import { eventually, TestAgent } from '../support/test-agent.js';

const OTHER_POD = POD_UID.replace(/1$/, '2');
const mount = cgroupMount();
if ('reason' in mount) console.warn(`real cgroups are not tested: ${mount.reason}`);

/** The same numbers, whatever their order. */
function sameNumbers(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && new Set([...a, ...b]).size === a.length;
}

describe.skipIf('reason' in mount)('an agent on real processes in real cgroups', () => {
  let cgroups: RealCgroups;
  let agent: TestAgent;
  beforeEach(async () => {
    cgroups = new RealCgroups('mount' in mount ? mount.mount : '');
    agent = await TestAgent.start({ cgroupRoot: cgroups.root });
  });
  afterEach(async () => {
    await agent.stop();
    await cgroups.close();
  });

  let generation = 0;
  async function post(...intents: Partial<Intent>[]): Promise<void> {
    generation++;
    const { status, body } = await agent.postSet(aPostedSet(intents.map(anIntent), { generation }));
    expect(body).toMatchObject({ success: true });
    expect(status).toBe(200);
  }

  /** Waits until the agent serves what the kernel says, and gives it. */
  async function servedAs(kernelView: () => readonly number[]): Promise<readonly number[]> {
    return eventually(
      () => agent.pids(),
      (pids) => sameNumbers(pids, kernelView()),
    );
  }

  describe.each(DIALECTS)('in cgroups of %s', (dialect) => {
    const cgroup = containerCgroup(dialect, POD_UID, CONTAINER_ID);

    it('serves every process of the pod, and follows forks and ends', async () => {
      const shell = await cgroups.spawn(cgroup, 'sh', '-c', 'while read -r line; do sleep 1000 & done');
      const view = () => cgroups.pidsIn(cgroup);
      await post({});
      expect(await servedAs(view)).toEqual([shell.pid]);

      for (const line of ['one\n', 'two\n', 'three\n']) shell.stdin?.write(line);
      await eventually(
        async () => view(),
        (pids) => pids.length === 4,
      );
      const four = await servedAs(view);

      const child = four.find((pid) => pid !== shell.pid) ?? 0;
      process.kill(child, 'SIGKILL');
      await eventually(
        async () => view(),
        (pids) => !pids.includes(child),
      );
      expect(await servedAs(view)).toHaveLength(3);
    });

    it('tells the manager pod, container and parent of each process', async () => {
      const sleeper = await cgroups.spawn(cgroup, 'sleep', '1000');
      const find = async () => {
        const { body } = await agent.asManager('GET', PATHS.podProcesses);
        return body.data.pods[0];
      };

      const pod = await eventually(find, (found) => found?.processes[0]?.command === 'sleep');

      expect(pod).toEqual({
        pod_uid: POD_UID,
        processes: [{ pid: sleeper.pid, command: 'sleep', ppid: process.pid, container_id: CONTAINER_ID }],
      });
    });
  });

  const cgroup = containerCgroup('systemd', POD_UID, CONTAINER_ID);

  it('sees that a process became another program', async () => {
    const shell = await cgroups.spawn(cgroup, 'sh', '-c', 'read -r line; exec sleep 1000');
    await post({ commandRegex: '^sleep$' });
    expect(await agent.pids()).toEqual([]);

    shell.stdin?.write('go\n');

    expect(await servedAs(() => [shell.pid])).toEqual([shell.pid]);
    expect(readFileSync(`/proc/${shell.pid}/comm`, 'utf8')).toBe('sleep\n');
  });

  it.each(['my worker', 'a)b (c', 'a\nb\\c'])('matches a process that calls itself %j', async (name) => {
    const rename = 'printf %s "$0" > /proc/$$/comm; echo ready; read -r line';
    const shell = await cgroups.spawn(cgroup, 'sh', '-c', rename, name);
    await untilPrinted(shell, 'ready');
    await post({ commandRegex: `^\\Q${name}\\E$` });

    expect(await servedAs(() => [shell.pid])).toEqual([shell.pid]);
  });

  it('matches command lines and executables where the intent says so', async () => {
    const one = await cgroups.spawn(
      cgroup,
      process.execPath,
      '-e',
      'setInterval(() => {}, 1000)',
      'role=one',
    );
    await cgroups.spawn(cgroup, process.execPath, '-e', 'setInterval(() => {}, 1000)', 'role=two');
    await cgroups.spawn(cgroup, 'sleep', '1000');
    await post({ commandTarget: 'cmdline', commandRegex: ' role=one$' });
    await servedAs(() => [one.pid]);

    await post({ commandTarget: 'exe', commandRegex: `^${readlinkSync(`/proc/${one.pid}/exe`)}$` });

    expect(
      await eventually(
        () => agent.pids(),
        (pids) => pids.length === 2,
      ),
    ).toContain(one.pid);
  });

  it('serves the threads of a process where the intent says so, as they come and go', async () => {
    const script = `
      const { Worker } = require('node:worker_threads');
      let worker = new Worker('setInterval(() => {}, 1000)', { eval: true });
      worker.once('online', () => console.log('ready'));
      process.stdin.once('data', async () => { await worker.terminate(); console.log('fewer'); });
    `;
    const program = await cgroups.spawn(cgroup, process.execPath, '-e', script);
    await untilPrinted(program, 'ready');
    const tasks = () => readdirSync(`/proc/${program.pid}/task`).map(Number);
    await post({ threads: true });
    const before = await servedAs(tasks);
    expect(before.length).toBeGreaterThan(2);

    const fewer = untilPrinted(program, 'fewer');
    program.stdin?.write('x');
    await fewer;

    expect((await servedAs(tasks)).length).toBeLessThan(before.length);
    await post({ threads: false });
    expect(await agent.pids()).toEqual([program.pid]);
  });

  it('follows a process into another pod, and a container that replaces another', async () => {
    const otherCgroup = containerCgroup('cgroupfs', OTHER_POD, 'd'.repeat(64));
    const mover = await cgroups.spawn(cgroup, 'sleep', '1000');
    await post({ podID: OTHER_POD });
    expect(await agent.pids()).toEqual([]);

    moveTo(cgroups.make(otherCgroup), mover.pid);
    expect(await servedAs(() => [mover.pid])).toEqual([mover.pid]);

    process.kill(mover.pid, 'SIGKILL');
    const next = await cgroups.spawn(containerCgroup('cgroupfs', OTHER_POD, 'e'.repeat(64)), 'sleep', '1000');
    expect(await servedAs(() => [next.pid])).toEqual([next.pid]);
  });

  it('keeps to named containers', async () => {
    const sidecar = 'd'.repeat(64);
    const main = await cgroups.spawn(cgroup, 'sleep', '1000');
    await cgroups.spawn(containerCgroup('systemd', POD_UID, sidecar), 'sleep', '1000');
    const containers = [
      { name: 'main', id: CONTAINER_ID },
      { name: 'sidecar', id: sidecar },
    ];

    await post({ containers });
    await eventually(
      () => agent.pids(),
      (pids) => pids.length === 2,
    );
    await post({ containers, containerNames: ['main'] });

    expect(await agent.pids()).toEqual([main.pid]);
  });

  it('serves processes of no pod to whom a node policy says so, once a set is known', async () => {
    const name = 'host-worker';
    const rename = 'printf %s "$0" > /proc/$$/comm; echo ready; read -r line';
    const inPod = await cgroups.spawn(cgroup, 'sh', '-c', rename, name);
    const ofHost = await cgroups.spawn('/system.slice/worker.service', 'sh', '-c', rename, name);
    await Promise.all([inPod, ofHost].map((child) => untilPrinted(child, 'ready')));
    const policy = { policyID: 'policy-1', nodeID: NODE, commandRegex: `^${name}$`, priority: 4 };
    const post = (policies: unknown[]) => agent.asManager('POST', PATHS.nodeIntents, { policies });

    expect((await post([{ ...policy, executionTime: 3_000_000 }])).status).toBe(200);
    expect((await agent.strategies()).status).toBe(503);
    await agent.postSet(aPostedSet([anIntent({ priority: 9 })], { generation: ++generation }));

    await servedAs(() => [inPod.pid, ofHost.pid]);
    const values = { priority: 4, execution_time: 3_000_000, command_regex: policy.commandRegex };
    const expected = [inPod.pid, ofHost.pid].map((pid) => ({ ...values, pid }));
    expect((await agent.items()).toSorted((a, b) => a.pid - b.pid)).toEqual(
      expected.toSorted((a, b) => a.pid - b.pid),
    );

    await post([{ ...policy, commandRegex: '' }]);
    expect(await agent.items()).toMatchObject([{ pid: inPod.pid, priority: 9 }]);
  });

  it('loses nobody in a storm of short processes', async () => {
    const storm =
      'while read -r line; do i=0; while [ $i -lt 200 ]; do true & i=$((i+1)); done; wait; sleep 1000 & echo done; done';
    const shell = await cgroups.spawn(cgroup, 'sh', '-c', storm);
    await post({});
    const finished = untilPrinted(shell, 'done');
    shell.stdin?.write('go\n');
    while (!(await Promise.race([finished.then(() => true), agent.pids().then(() => false)]))) {
      expect(await agent.pids()).toContain(shell.pid);
    }

    expect(await servedAs(() => cgroups.pidsIn(cgroup))).toHaveLength(2);
  });

  it('finds them through the mount point of the whole machine as well', async () => {
    const sleeper = await cgroups.spawn(cgroup, 'sleep', '1000');
    const whole = await TestAgent.start({ cgroupRoot: '/sys/fs/cgroup' });
    try {
      await whole.postSet(aPostedSet([anIntent()]));
      await eventually(
        () => whole.pids(),
        (pids) => pids.includes(sleeper.pid),
      );

      const { body } = await whole.asManager('GET', PATHS.capabilities);
      expect(body.data.processDiscovery).toMatchObject({
        cgroupVersion: 'v2',
        source: 'cgroup tree',
        hostPidNamespace: true,
      });
    } finally {
      await whole.stop();
    }
  });

  it('finds them without a tree, by asking each process', async () => {
    const v1Root = mkdtempSync(path.join(tmpdir(), 'podium-v1-'));
    mkdirSync(path.join(v1Root, 'pids'));
    writeFileSync(path.join(v1Root, 'pids', 'tasks'), '');
    // The whole machine is asked, where other tests may have pods as well.
    const ownPod = randomUUID();
    const ownCgroup = containerCgroup('systemd', ownPod, CONTAINER_ID);
    const scanning = await TestAgent.start({ cgroupRoot: v1Root });
    try {
      const sleepers = await Promise.all([1, 2, 3].map(() => cgroups.spawn(ownCgroup, 'sleep', '1000')));
      await scanning.postSet(aPostedSet([anIntent({ podID: ownPod })]));

      const pids = await eventually(
        () => scanning.pids(),
        (found) => found.length === 3,
      );

      expect(pids).toEqual(sleepers.map(({ pid }) => pid).toSorted((a, b) => a - b));
      const { body } = await scanning.asManager('GET', PATHS.capabilities);
      expect(body.data.processDiscovery).toMatchObject({ cgroupVersion: 'v1', source: 'proc scan' });
    } finally {
      await scanning.stop();
      rmSync(v1Root, { recursive: true });
    }
  });
});

describe('an agent on a simulated node', () => {
  let node: SimulatedNode;
  let agent: TestAgent;
  beforeEach(async () => {
    node = new SimulatedNode();
    agent = await TestAgent.start(node);
  });
  afterEach(async () => {
    await agent.stop();
    node.close();
  });

  it.each(DIALECTS)('serves the processes of pods in cgroups of %s', async (dialect) => {
    const cgroup = containerCgroup(dialect, POD_UID, CONTAINER_ID);
    node.put({ pid: 500, cgroup, comm: 'nginx' });
    node.put({ pid: 501, cgroup, comm: 'pause' });
    await agent.postSet(aPostedSet([anIntent()]));
    expect(await agent.pids()).toEqual([500]);

    node.put({ pid: 502, cgroup, comm: 'my worker' });
    node.remove(500);

    await eventually(
      () => agent.pids(),
      (pids) => sameNumbers(pids, [502]),
    );
  });

  it('makes a pid that another process got visible by one nanosecond', async () => {
    const cgroup = containerCgroup('kind', POD_UID, CONTAINER_ID);
    const slice = async () => (await agent.items())[0]?.execution_time;
    node.put({ pid: 500, cgroup, startTimeTicks: 1_000 });
    await agent.postSet(aPostedSet([anIntent({ executionTime: 5_000_000 })]));
    expect(await slice()).toBe(5_000_000);

    node.put({ pid: 500, cgroup, startTimeTicks: 2_000 });

    expect(await eventually(slice, (value) => value !== 5_000_000)).toBe(5_000_001);
  });

  it('answers with an error, not with an empty list, while the node cannot be read', async () => {
    const cgroup = containerCgroup('systemd', POD_UID, CONTAINER_ID);
    node.put({ pid: 500, cgroup });
    await agent.postSet(aPostedSet([anIntent()]));
    rmSync(node.procRoot, { recursive: true });

    const { status, body } = await eventually(
      () => agent.strategies(),
      (answer) => answer.status !== 200,
    );
    expect(status).toBe(503);
    expect(body).toMatchObject({ success: false, code: 'unavailable' });
    expect(body).not.toHaveProperty('scheduling');
    expect((await agent.asManager('GET', PATHS.podProcesses)).status).toBe(503);
    expect((await agent.call('GET', '/ready')).status).toBe(503);

    mkdirSync(node.procRoot);
    node.put({ pid: 500, cgroup });
    const again = await eventually(
      () => agent.strategies(),
      (answer) => answer.status === 200,
    );
    expect(again.body.scheduling).toHaveLength(1);
  });
});
