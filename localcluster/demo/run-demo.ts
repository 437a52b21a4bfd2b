import type { DemoCluster, IntentView, KnownProcess, ServedProcess } from './demo-cluster.js';
import { processAgeMs } from './process-age.js';
import type { Steps } from './steps.js';
import { textTable } from './text-table.js';

const NAMESPACE = 'podium-demo';
const POD_COUNT = 2;
const LABELS = { app: 'podium-demo' };

const STRATEGY = {
  description: 'made by podium demo',
  labelSelectors: [{ key: 'app', value: LABELS.app }],
  k8sNamespace: [NAMESPACE],
  commandRegex: '^sleep$',
  priority: 3,
  executionTime: 5_000_000,
};

/** Two workers and the shell that started them; the strategy wants the workers only. */
function demoPod(name: string): object {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, labels: LABELS },
    spec: {
      terminationGracePeriodSeconds: 0,
      containers: [
        {
          name: 'main',
          image: 'local/processes-of-this-machine',
          command: ['/bin/sh', '-c', 'sleep 100000 & sleep 100000 & wait'],
        },
      ],
    },
  };
}

/** A process that a scheduler is told about, with what it is. */
interface ServedRow extends ServedProcess {
  readonly nodeName: string;
  readonly command: string;
  readonly podName: string;
  readonly podUid: string;
}

/**
 * Shows the whole chain on a running cluster: a strategy becomes intents, intents become priorities of PIDs, a
 * replaced pod gets its priorities at once, and everything is gone with the strategy. Leaves the cluster as it
 * was, also when it fails half-way.
 */
export async function runDemo(cluster: DemoCluster, steps: Steps, signal: AbortSignal): Promise<void> {
  const { facts } = cluster;
  steps.say(`Cluster at ${facts.managerUrl} with ${facts.nodes.length} nodes`);
  if (facts.readyAfterMs !== undefined) steps.say(`  it was ready ${facts.readyAfterMs} ms after its start`);
  let strategyId: string | undefined;
  try {
    await startPods(cluster, steps, signal);
    strategyId = await cluster.createStrategy(STRATEGY, signal);
    steps.say(
      `\nStrategy ${strategyId}: pods with app=${LABELS.app}, processes ^sleep$, priority 3, 5 ms slices`,
    );
    await showChain(cluster, steps, strategyId, signal);
    await replacePod(cluster, steps, signal);
    await cluster.deleteStrategy(strategyId, signal);
    strategyId = undefined;
    steps.say('\nStrategy deleted');
    await steps.until('no node serves any of its processes', async () => {
      const rows = await servedRows(cluster, signal);
      return rows.length === 0 ? true : undefined;
    });
  } finally {
    await cleanUp(cluster, strategyId);
  }
}

async function startPods(cluster: DemoCluster, steps: Steps, signal: AbortSignal): Promise<void> {
  await cluster.ensureNamespace(NAMESPACE, signal);
  for (let index = 1; index <= POD_COUNT; index++) {
    await cluster.createPod(NAMESPACE, demoPod(`demo-${index}`), signal);
  }
  await steps.until(`${POD_COUNT} pods run`, async () => {
    const pods = await Promise.all(
      Array.from({ length: POD_COUNT }, (_, index) => cluster.getPod(NAMESPACE, `demo-${index + 1}`, signal)),
    );
    return pods.every((pod) => pod.status?.phase === 'Running') ? true : undefined;
  });
}

async function showChain(
  cluster: DemoCluster,
  steps: Steps,
  strategyId: string,
  signal: AbortSignal,
): Promise<void> {
  const intents = await steps.until('every intent is applied', async () => {
    const found = await cluster.intentsOf(strategyId, signal);
    const isComplete = found.length === POD_COUNT && found.every(({ status }) => status === 'Applied');
    return isComplete ? found : undefined;
  });
  steps.say();
  steps.say(textTable(['NODE', 'POD', 'INTENT'], intents.map(intentRow)));
  const rows = await steps.until('every worker is served', async () => {
    const found = await servedRows(cluster, signal);
    return found.length === POD_COUNT * 2 ? found : undefined;
  });
  steps.say();
  steps.say(servedTable(rows));
}

async function replacePod(cluster: DemoCluster, steps: Steps, signal: AbortSignal): Promise<void> {
  const name = 'demo-1';
  const before = await cluster.getPod(NAMESPACE, name, signal);
  steps.say(`\nPod ${name} is deleted and made anew`);
  await cluster.deletePod(NAMESPACE, name, signal);
  await steps.until('its place is free', async () => {
    try {
      const created = await cluster.createPod(NAMESPACE, demoPod(name), signal);
      return created.metadata.uid === before.metadata.uid ? undefined : true;
    } catch {
      return undefined;
    }
  });
  const rows = await steps.until('the workers of the new pod are served', async () => {
    const found = await servedRows(cluster, signal);
    const fresh = found.filter((row) => row.podName === name && row.podUid !== before.metadata.uid);
    return fresh.length === 2 ? fresh : undefined;
  });
  const ages = await Promise.all(rows.map(({ pid }) => processAgeMs(pid)));
  steps.say();
  steps.say(servedTable(rows));
  steps.say(
    `\n  served ${Math.round(Math.max(...ages.map((age) => age ?? 0)))} ms after the oldest of them started`,
  );
}

/** What every node's scheduler is told of the demo's pods. */
async function servedRows(cluster: DemoCluster, signal: AbortSignal): Promise<ServedRow[]> {
  const perNode = await Promise.all(
    cluster.facts.nodes.map(async ({ name: nodeName }) => {
      const served = await cluster.served(nodeName, signal);
      if (served.length === 0) return [];
      const known = new Map(
        (await cluster.processesOn(nodeName, signal)).map((process) => [process.pid, process]),
      );
      return served.flatMap((process) => rowOf(nodeName, process, known.get(process.pid)));
    }),
  );
  return perNode.flat();
}

function rowOf(nodeName: string, process: ServedProcess, known: KnownProcess | undefined): ServedRow[] {
  if (known === undefined || !/^demo-\d$/.test(known.podName)) return [];
  return [{ ...known, ...process, nodeName }];
}

function intentRow({ nodeID, podName, status }: IntentView): string[] {
  return [nodeID, podName, status];
}

function servedTable(rows: readonly ServedRow[]): string {
  return textTable(
    ['NODE', 'POD', 'PID', 'COMMAND', 'PRIORITY', 'SLICE'],
    rows.map(({ nodeName, podName, pid, command, priority, execution_time: sliceNs }) => [
      nodeName,
      podName,
      pid,
      command,
      priority,
      `${sliceNs / 1_000_000} ms`,
    ]),
  );
}

/** Runs whatever went wrong before, so nothing here may throw. */
async function cleanUp(cluster: DemoCluster, strategyId: string | undefined): Promise<void> {
  const signal = AbortSignal.timeout(5_000);
  const work: Promise<void>[] = [];
  if (strategyId !== undefined) work.push(cluster.deleteStrategy(strategyId, signal));
  for (let index = 1; index <= POD_COUNT; index++) {
    work.push(cluster.deletePod(NAMESPACE, `demo-${index}`, signal));
  }
  await Promise.allSettled(work);
}
