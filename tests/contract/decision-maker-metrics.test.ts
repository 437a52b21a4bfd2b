import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PATHS } from '../../shared/contract/decision-maker-api.js';
import type { Intent } from '../../shared/domain/intent.js';
import { packageRoot } from '../../shared/files/package-root.js';
import { Registry } from '../../shared/observability/metrics.js';
import { CertificateMetrics } from '../../shared/tls/certificate-metrics.js';
import { anIntent, aPostedSet, CONTAINER_ID, NODE, POD_UID } from '../support/agent-builders.js';
import { type MetricFamily, metricFamilies } from '../support/metric-families.js';
import { containerCgroup } from '../support/pod-cgroups.js';
import { cgroupMount, RealCgroups, type Spawned, untilPrinted } from '../support/real-cgroups.js';
import { SimulatedNode } from '../support/simulated-node.js';
import { eventually, TestAgent } from '../support/test-agent.js';

/** Has samples only while a set of a first-generation manager is held. */
const LEGACY_ONLY = 'podium_agent_legacy_intents_adjusted';

const COUNTING = { metrics: { pod_counters: true } };

describe('the metrics page as a whole', () => {
  let node: SimulatedNode;
  let agent: TestAgent;
  let families: readonly MetricFamily[];
  beforeAll(async () => {
    node = new SimulatedNode();
    node.put({ pid: 500, cgroup: containerCgroup('systemd', POD_UID, CONTAINER_ID) });
    agent = await TestAgent.start({ ...node, sections: COUNTING });
    await agent.postSet(aPostedSet([anIntent()]));
    await agent.asScheduler('POST', PATHS.metrics, {});
    await agent.items();
    const page = (await agent.call('GET', '/metrics')).text;
    // The numbers of mutual TLS stand on a page of their own: they are the same wherever it is on.
    const mutualTls = new Registry();
    new CertificateMetrics('podium_agent', mutualTls);
    families = metricFamilies(`${page}\n${await mutualTls.metrics()}`).filter(
      ({ name }) => !/^(process|nodejs)_/.test(name),
    );
  });
  afterAll(async () => {
    await agent.stop();
    node.close();
  });

  it('is what docs/METRICS.md says: a metric that is new, gone or different has to be told there', () => {
    const page = readFileSync(path.join(packageRoot(), 'docs/METRICS.md'), 'utf8');
    const text = page.slice(0, page.indexOf('\n## The manager'));
    const documented = [...text.matchAll(/^\| `(\w+)` \| (gauge|counter|histogram) \|([\w, ]*)\| \S/gm)].map(
      ([, name, type, labels]) => `${name} ${type} ${labelList(labels?.split(',') ?? [])}`,
    );

    const onThePage = families.map(
      ({ name, type, labels }) => `${name} ${type} ${labelList(name === LEGACY_ONLY ? ['reason'] : labels)}`,
    );

    expect(documented.toSorted()).toEqual(onThePage.toSorted());
  });

  it('has a help text for everything, and samples', () => {
    const bare = families.filter(
      ({ name, help, sampleCount }) =>
        !/^[A-Z1].*\.$/.test(help) || (sampleCount === 0 && name !== LEGACY_ONLY),
    );

    expect(bare.map(({ name }) => name)).toEqual([]);
  });

  it('keeps to the naming rules of Prometheus where the names are ours', () => {
    const faults = families
      .filter(({ name }) => name.startsWith('podium_'))
      .filter(
        ({ name, type }) =>
          !/^[a-z]+(_[a-z0-9]+)+$/.test(name) ||
          (type === 'counter') !== name.endsWith('_total') ||
          /_(count|sum|bucket)$|(^|_)(gauge|counter|histogram|summary)(_|$)/.test(name) ||
          /_(ms|millis\w*|micros\w*|nanos\w*|minutes|hours|kb|mb|kilobytes|megabytes|percent)(_|$)/.test(
            name,
          ),
      );

    expect(faults.map(({ name }) => name)).toEqual([]);
  });

  it('has no label with a pid, and names of pods only in the public families', () => {
    const carriers = families.filter(({ labels }) => labels.some((label) => /pid|pod|namespace/.test(label)));

    expect(carriers.every(({ name }) => name.startsWith('gthulhu_pod_'))).toBe(true);
    expect(carriers).toHaveLength(7);
  });
});

function labelList(labels: readonly string[]): string {
  return `[${labels
    .map((label) => label.trim())
    .filter(Boolean)
    .toSorted()
    .join(' ')}]`;
}

describe('the label machine_id', () => {
  it('is trimmed, so that a line feed does not make another machine of it', async () => {
    const node = new SimulatedNode();
    const agent = await TestAgent.start({
      ...node,
      sections: { node: { name: NODE, machine_id: ' m-1\n' } },
    });
    try {
      await agent.asScheduler('POST', PATHS.metrics, { nr_queued: 1 });

      expect((await agent.call('GET', '/metrics')).text).toContain('nr_queued{machine_id="m-1"} 1\n');
    } finally {
      await agent.stop();
      node.close();
    }
  });
});

describe('a scheduler that goes silent', () => {
  it('takes its numbers with it until it reports again', async () => {
    const node = new SimulatedNode();
    const sections = { metrics: { scheduler_silence_sec: 1 } };
    const agent = await TestAgent.start({ ...node, sections });
    const queued = async () =>
      /^nr_queued\{.*\} (\d+)$/m.exec((await agent.call('GET', '/metrics')).text)?.[1];
    try {
      await agent.asScheduler('POST', PATHS.metrics, { nr_queued: 5 });
      expect(await eventually(queued, (value) => value === undefined)).toBeUndefined();

      await agent.asScheduler('POST', PATHS.metrics, { nr_queued: 6 });
      expect(await queued()).toBe('6');
    } finally {
      await agent.stop();
      node.close();
    }
  });
});

describe('without the switch', () => {
  it('there is nothing about single pods', async () => {
    const node = new SimulatedNode();
    const agent = await TestAgent.start(node);
    try {
      await agent.postSet(aPostedSet([anIntent()]));

      expect((await agent.call('GET', '/metrics')).text).not.toMatch(/gthulhu_pod|pod_stats/);
    } finally {
      await agent.stop();
      node.close();
    }
  });
});

const mount = cgroupMount();
if ('reason' in mount) console.log(`skipped with real processes: ${mount.reason}`);

describe.skipIf('reason' in mount)('the counters of a pod, beside what the kernel says', () => {
  /** A pod of this run alone: tests that look at the whole machine must not find it for theirs. */
  const pod = randomUUID();
  const cgroup = containerCgroup('systemd', pod, CONTAINER_ID);
  let cgroups: RealCgroups;
  let agent: TestAgent;
  beforeEach(async () => {
    cgroups = new RealCgroups('mount' in mount ? mount.mount : '');
    cgroups.make(cgroup);
    agent = await TestAgent.start({ cgroupRoot: cgroups.root, sections: COUNTING });
    await post([anIntent({ podID: pod })]);
  });
  afterEach(async () => {
    await agent.stop();
    await cgroups.close();
  });

  let generation = 0;
  async function post(intents: readonly Intent[]): Promise<void> {
    expect((await agent.postSet(aPostedSet(intents, { generation: ++generation }))).status).toBe(200);
  }

  /** One of the pod's numbers on the page; undefined when it is not there. */
  async function told(name: string): Promise<number | undefined> {
    const labels = `{namespace="web",node_name="${NODE}",pod_name="web-1",pod_uid="${pod}"}`;
    const line = (await agent.call('GET', '/metrics')).text
      .split('\n')
      .find((candidate) => candidate.startsWith(`gthulhu_pod_${name}${labels} `));
    return line === undefined ? undefined : Number(line.split(' ').at(-1));
  }

  /** Waits until the page has caught up with the kernel's number of now; it can never be ahead of it. */
  async function expectFollowing(name: string, kernelSays: () => number): Promise<number> {
    const now = kernelSays();
    const value = await eventually(
      () => told(name),
      (candidate) => candidate !== undefined && candidate >= now,
    );
    expect(value).toBeLessThanOrEqual(kernelSays());
    return value ?? Number.NaN;
  }

  async function busyProcess(): Promise<Spawned> {
    const process = await cgroups.spawn(cgroup, 'sh', '-c', 'echo on; while :; do :; done');
    await untilPrinted(process, 'on');
    return process;
  }

  it('follow a busy process, and keep what it had when it ends', async () => {
    const first = await busyProcess();
    await expectFollowing('cpu_time_nanoseconds_total', () => runTimes(first.pid)[0]);
    await expectFollowing('run_count_total', () => runTimes(first.pid)[2]);
    await expectFollowing('wait_time_nanoseconds_total', () => runTimes(first.pid)[1]);
    expect(await told('process_count')).toBe(1);
    const before = await expectFollowing('cpu_time_nanoseconds_total', () => runTimes(first.pid)[0]);

    process.kill(first.pid, 'SIGKILL');
    await eventually(
      () => told('process_count'),
      (count) => count === 0,
    );
    const after = (await told('cpu_time_nanoseconds_total')) ?? 0;
    expect(after).toBeGreaterThanOrEqual(before);

    const second = await busyProcess();
    await expectFollowing('cpu_time_nanoseconds_total', () => after + runTimes(second.pid)[0]);
  });

  it('follow the switches of a process that waits most of the time', async () => {
    const waiting = await cgroups.spawn(cgroup, process.execPath, '-e', 'setInterval(() => {}, 1)');
    const switches = (kind: string) =>
      threadsOf(waiting.pid).reduce(
        (sum, task) =>
          sum + Number(new RegExp(`^${kind}:\\s+(\\d+)$`, 'm').exec(taskFile(task, 'status'))?.[1]),
        0,
      );

    await eventually(
      async () => switches('voluntary_ctxt_switches'),
      (count) => count > 100,
    );
    await expectFollowing('voluntary_ctx_switches_total', () => switches('voluntary_ctxt_switches'));
    await expectFollowing('involuntary_ctx_switches_total', () => switches('nonvoluntary_ctxt_switches'));
    expect(await told('cpu_migrations_total')).toBeGreaterThanOrEqual(0);
  });

  it('count every thread, not the main one alone', async () => {
    const script = `
      const { Worker } = require('node:worker_threads');
      new Worker('for (;;);', { eval: true }).once('online', () => console.log('on'));
    `;
    const threaded = await cgroups.spawn(cgroup, process.execPath, '-e', script);
    await untilPrinted(threaded, 'on');
    const cpuTimeNs = () =>
      threadsOf(threaded.pid).reduce(
        (sum, task) => sum + Number(taskFile(task, 'schedstat').split(' ')[0]),
        0,
      );

    await eventually(
      async () => cpuTimeNs(),
      (ns) => ns > 2 * runTimes(threaded.pid)[0] + 100_000_000,
    );

    await expectFollowing('cpu_time_nanoseconds_total', cpuTimeNs);
    expect(await told('process_count')).toBe(1);
  });

  it('cover processes that no intent matches, but not pause', async () => {
    await post([anIntent({ podID: pod, commandRegex: 'nothing-has-this-name' })]);
    const busy = await busyProcess();
    await cgroups.spawn(
      cgroup,
      process.execPath,
      '-e',
      `process.title = 'pause'; setInterval(() => {}, 1000)`,
    );

    const used = runTimes(busy.pid)[0];
    // What becomes pause is counted until it is seen as that, so the kernel's number is no bound here.
    await eventually(
      () => told('cpu_time_nanoseconds_total'),
      (value) => value !== undefined && value >= used,
    );
    expect(
      await eventually(
        () => told('process_count'),
        (count) => count === 1,
      ),
    ).toBe(1);
    expect(await agent.pids()).toEqual([]);
  });

  it('go with the last intent of the pod at once, and begin anew when one comes', async () => {
    const first = await busyProcess();
    await expectFollowing('cpu_time_nanoseconds_total', () => runTimes(first.pid)[0]);
    await post([]);
    expect((await agent.call('GET', '/metrics')).text).not.toMatch(/^gthulhu_pod_\w+\{/m);
    process.kill(first.pid, 'SIGKILL');

    const second = await busyProcess();
    await eventually(
      async () => cgroups.pidsIn(cgroup),
      (pids) => pids.length === 1,
    );
    await post([anIntent({ podID: pod })]);

    await expectFollowing('cpu_time_nanoseconds_total', () => runTimes(second.pid)[0]);
  });
});

/** Nanoseconds on a CPU, nanoseconds waiting, runs: of the main thread. */
function runTimes(pid: number): [number, number, number] {
  return taskFile(`/proc/${pid}`, 'schedstat').split(' ').map(Number) as [number, number, number];
}

function threadsOf(pid: number): string[] {
  return readdirSync(`/proc/${pid}/task`).map((tid) => `/proc/${pid}/task/${tid}`);
}

function taskFile(folder: string, name: string): string {
  return readFileSync(path.join(folder, name), 'utf8');
}
