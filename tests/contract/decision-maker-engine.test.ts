import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PATHS } from '../../shared/contract/decision-maker-api.js';
import { anIntent, aPostedSet, CONTAINER_ID, POD_UID } from '../support/agent-builders.js';
import { BuiltPrograms } from '../support/agent-program.js';
import { containerCgroup } from '../support/pod-cgroups.js';
import { cgroupMount, RealCgroups } from '../support/real-cgroups.js';
import { SimulatedNode } from '../support/simulated-node.js';
import { eventually, TestAgent } from '../support/test-agent.js';

const mount = cgroupMount();
if ('reason' in mount) console.warn(`real cgroups are not tested: ${mount.reason}`);

let built: BuiltPrograms;
let engineProgram: string;
beforeAll(() => {
  built = new BuiltPrograms();
  engineProgram = path.join(built.folder, 'decisionmaker/app/engine-worker.js');
});
afterAll(() => built.remove());

const CGROUP = containerCgroup('systemd', POD_UID, CONTAINER_ID);

describe('an agent with its engine in a thread of its own', () => {
  let node: SimulatedNode;
  let agent: TestAgent;
  beforeEach(async () => {
    node = new SimulatedNode();
    node.put({ pid: 500, cgroup: CGROUP });
    agent = await TestAgent.start({ ...roots(), engineProgram });
  });
  afterEach(async () => {
    await agent.stop();
    node.close();
  });

  function roots() {
    return { procRoot: node.procRoot, cgroupRoot: node.cgroupRoot };
  }

  it('serves, tells processes and follows them as from one thread', async () => {
    await agent.postSet(aPostedSet([anIntent()]));
    expect(await agent.pids()).toEqual([500]);
    const { body } = await agent.asManager('GET', PATHS.podProcesses);
    expect(body.data.pods[0].processes).toHaveLength(1);

    node.put({ pid: 501, cgroup: CGROUP });

    await eventually(
      () => agent.pids(),
      (pids) => pids.length === 2,
    );
  });

  it('keeps its answer when the thread ends, says so, and has another one take up the work', async () => {
    await agent.postSet(aPostedSet([anIntent()]));
    const before = await agent.strategies();

    await agent.engineThreads.at(-1)?.terminate();
    expect((await agent.strategies()).text).toBe(before.text);
    const ready = await agent.call('GET', '/ready');
    expect(ready.status).toBe(503);
    expect(ready.text).toContain('is started again');

    node.put({ pid: 501, cgroup: CGROUP });
    await eventually(
      () => agent.pids(),
      (pids) => pids.length === 2,
    );
    expect(agent.engineThreads).toHaveLength(2);
    expect((await agent.call('GET', '/ready')).status).toBe(200);
  });

  it('answers a set that came while the thread was away when its decisions are served', async () => {
    await agent.postSet(aPostedSet([anIntent()]));
    await agent.engineThreads.at(-1)?.terminate();

    const { status } = await agent.postSet(aPostedSet([], { generation: 2 }));

    expect(status).toBe(200);
    expect(await agent.pids()).toEqual([]);
  });

  it('never shows a scheduler a part of a set in 10,000 polls while sets are pushed', async () => {
    for (let pid = 501; pid < 600; pid++) node.put({ pid, cgroup: CGROUP });
    const sets = [3, 7].map((priority) => [anIntent({ priority }), anIntent({ podID: 'other', priority })]);
    let generation = 0;
    let polls = 0;
    const push = async () => {
      generation++;
      return agent.postSet(aPostedSet(sets[generation % 2] ?? [], { generation }));
    };
    await push();
    const poller = async () => {
      while (polls < 10_000) {
        polls++;
        const { body, status } = await agent.strategies();
        if (status !== 200) throw new Error(`poll ${polls} was answered with ${status}`);
        const priorities = new Set(body.scheduling.map(({ priority }: { priority: number }) => priority));
        if (body.scheduling.length !== 100 || priorities.size !== 1) {
          throw new Error(
            `poll ${polls} saw ${body.scheduling.length} items of priorities ${[...priorities]}`,
          );
        }
      }
    };
    const pusher = async () => {
      while (polls < 10_000) expect((await push()).status).toBe(200);
    };

    await Promise.all([poller(), poller(), poller(), poller(), pusher()]);

    expect(generation).toBeGreaterThan(10);
  }, 180_000);
});

describe.skipIf('reason' in mount)('an agent on real cgroups that come and go', () => {
  let cgroups: RealCgroups;
  beforeEach(() => {
    cgroups = new RealCgroups('mount' in mount ? mount.mount : '');
  });
  afterEach(() => cgroups.close());

  it('holds no more files, watches and timers after many pods than before', async () => {
    const agent = await TestAgent.start({ cgroupRoot: cgroups.root });
    try {
      const settled = () =>
        eventually(
          () => held(agent),
          ({ watches, openFiles }) => watches <= 3 && openFiles === 0,
        );
      const pod = async () => {
        const uid = randomUUID();
        const place = containerCgroup('systemd', uid, CONTAINER_ID);
        const sleeper = await cgroups.spawn(place, 'sleep', '1000');
        await agent.postSet(aPostedSet([anIntent({ podID: uid })], { generation: ++generation }));
        await eventually(
          () => agent.pids(),
          (pids) => pids[0] === sleeper.pid,
        );
        await cgroups.remove(path.dirname(place));
      };
      let generation = 0;
      await pod();
      const before = await settled();
      for (let round = 0; round < 12; round++) await pod();

      const { timers, ...others } = await settled();
      expect({ ...others, timers: before.timers }).toEqual(before);
      // Those of connections come and go; one left by each pod would be twelve.
      expect(timers).toBeLessThan(before.timers + 6);
    } finally {
      await agent.stop();
    }
  });

  it('stays right through a storm of forks, execs, ends and reused pids', async () => {
    const storm = path.join(built.folder, 'tools/bench/agent/storm.js');

    const { stdout } = await promisify(execFile)(process.execPath, [storm, '3', '--json']);

    const result = JSON.parse(stdout);
    expect(result).toMatchObject({ refused: 0, lost: 0, wrongAfterwards: 0 });
    expect(result.convergedAfterMs).not.toBeNull();
    expect(result.forksPerSecond).toBeGreaterThan(10);
  }, 120_000);
});

/** What this process and the agent in it hold of the system. */
async function held(agent: TestAgent) {
  const { text } = await agent.call('GET', '/metrics');
  const metric = (name: string) => Number(new RegExp(`^${name} (\\d+)`, 'm').exec(text)?.[1]);
  const infos = readdirSync('/proc/self/fdinfo').map((name) => {
    try {
      return readFileSync(`/proc/self/fdinfo/${name}`, 'utf8');
    } catch {
      return '';
    }
  });
  const watchedFolders = new Set(infos.flatMap((info) => info.match(/^inotify .*$/gm) ?? [])).size;
  return {
    watches: metric('podium_agent_cgroup_watches'),
    openFiles: metric('podium_agent_cgroup_open_files'),
    watchedFolders,
    timers: process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length,
  };
}
