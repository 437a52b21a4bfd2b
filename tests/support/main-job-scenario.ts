import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { programPid, type RunningCluster } from './local-cluster.js';
import { aWorkerPod, type WorkerPod } from './workers.js';

const signal = new AbortController().signal;
const WAIT = { timeout: 20_000, interval: 20 };
const NAMESPACE = 'e2e';

/**
 * The main job, end to end, on whatever cluster is given: real programs, real processes, and the operating
 * system's own view of them. The same scenario runs on our API server and on the real one.
 */
export function mainJobScenario(title: string, start: () => Promise<RunningCluster>): void {
  describe(title, () => {
    let cluster: RunningCluster;
    const nodeNames = () => cluster.facts.nodes.map(({ name }) => name);

    beforeAll(async () => {
      cluster = await start();
      await cluster.seen.ensureNamespace(NAMESPACE, signal);
    });
    afterAll(async () => {
      await cluster?.stop();
    });

    const startPod = async (pod: WorkerPod, workers = 2) => {
      await cluster.seen.createPod(NAMESPACE, pod.object, signal);
      await vi.waitFor(async () => expect(await pod.pids()).toHaveLength(workers), WAIT);
    };
    const deletePod = async (name: string, pod: WorkerPod) => {
      await cluster.seen.deletePod(NAMESPACE, name, signal);
      await vi.waitFor(async () => expect(await pod.pids()).toEqual([]), WAIT);
    };
    const create = (strategy: object) =>
      cluster.seen.createStrategy(
        { k8sNamespace: [NAMESPACE], commandRegex: '^sleep$', ...strategy },
        signal,
      );
    const remove = (id: string) => cluster.seen.deleteStrategy(id, signal);

    /** Everything that schedulers are told, on all nodes, by pid. */
    const served = async () => {
      const perNode = await Promise.all(nodeNames().map((name) => cluster.seen.served(name, signal)));
      return new Map(perNode.flat().map((process) => [process.pid, process]));
    };
    const servedPids = async () => [...(await served()).keys()].sort((a, b) => a - b);

    it('serves exactly the processes that the operating system shows for matching pods', async () => {
      const pods = [1, 2, 3].map((index) => aWorkerPod({ name: `main-${index}`, labels: { app: 'main' } }));
      const other = aWorkerPod({ name: 'other', labels: { app: 'other' } });
      for (const pod of [...pods, other]) await startPod(pod);

      const id = await create({
        labelSelectors: [{ key: 'app', value: 'main' }],
        priority: 3,
        executionTime: 5_000_000,
      });

      const expected = (await Promise.all(pods.map((pod) => pod.pids()))).flat().sort((a, b) => a - b);
      await vi.waitFor(async () => expect(await servedPids()).toEqual(expected), WAIT);
      for (const process of (await served()).values()) {
        expect(process).toMatchObject({ priority: 3, execution_time: 5_000_000 });
      }
      const intents = await cluster.seen.intentsOf(id, signal);
      expect(intents.map(({ status }) => status)).toEqual(['Applied', 'Applied', 'Applied']);

      await remove(id);
      await vi.waitFor(async () => expect(await servedPids()).toEqual([]), WAIT);
      for (const [index, pod] of pods.entries()) await deletePod(`main-${index + 1}`, pod);
      await deletePod('other', other);
    });

    it('follows pods that come and go, and processes that die and are started again', async () => {
      const id = await create({ labelSelectors: [{ key: 'app', value: 'moving' }], priority: 5 });
      const first = aWorkerPod({ name: 'moving', labels: { app: 'moving' } });
      await startPod(first);
      await vi.waitFor(async () => expect(await servedPids()).toEqual(await first.pids()), WAIT);

      const [victim = 0] = await first.pids();
      process.kill(victim, 'SIGKILL');
      await vi.waitFor(async () => {
        expect(await servedPids()).not.toContain(victim);
        expect(await servedPids()).toEqual(await first.pids());
      }, WAIT);

      await deletePod('moving', first);
      const second = aWorkerPod({ name: 'moving', labels: { app: 'moving' } });
      await vi.waitFor(() => startPod(second), WAIT);
      await vi.waitFor(async () => {
        expect(await second.pids()).toHaveLength(2);
        expect(await servedPids()).toEqual(await second.pids());
      }, WAIT);

      await remove(id);
      await deletePod('moving', second);
    });

    it('never takes the processes of one strategy away while another changes', async () => {
      const pod = aWorkerPod({ name: 'kept', labels: { app: 'kept' } });
      await startPod(pod);
      const kept = await create({ labelSelectors: [{ key: 'app', value: 'kept' }], priority: 7 });
      const pids = await pod.pids();
      await vi.waitFor(async () => expect(await servedPids()).toEqual(pids), WAIT);

      const poller = await pollEvery5Ms(cluster, (lists) =>
        lists.some((list) => pids.every((pid) => list.has(pid))),
      );
      const other = await create({ labelSelectors: [{ key: 'app', value: 'kept' }], priority: 9 });
      await waitForApplied(cluster, other);
      await cluster.seen.updateStrategy(
        {
          strategyId: other,
          k8sNamespace: [NAMESPACE],
          labelSelectors: [{ key: 'app', value: 'kept' }],
          priority: 12,
        },
        signal,
      );
      await waitForApplied(cluster, other);
      await remove(other);
      await vi.waitFor(async () => expect(await cluster.seen.intentsOf(other, signal)).toEqual([]), WAIT);
      await new Promise((resolve) => setTimeout(resolve, 300));
      const { polls, misses } = await poller.stop();

      expect(polls).toBeGreaterThan(50);
      expect(misses).toEqual([]);
      await remove(kept);
      await deletePod('kept', pod);
    });

    it('answers rightly at once after a decision maker was killed, never with an empty list', async () => {
      const nodeName = nodeNames()[0] ?? '';
      const pod = aWorkerPod({ name: 'agent-kill', labels: { app: 'agent-kill' }, nodeName });
      await startPod(pod);
      const id = await create({ labelSelectors: [{ key: 'app', value: 'agent-kill' }], priority: 4 });
      const pids = await pod.pids();
      await vi.waitFor(async () => expect(await servedPids()).toEqual(pids), WAIT);

      const before = await programPid(cluster, new RegExp(`DM_NODE_NAME=${nodeName}(\0|$)`));
      const answers: number[][] = [];
      process.kill(before, 'SIGKILL');
      const endMs = Date.now() + 20_000;
      while (answers.length < 20 && Date.now() < endMs) {
        try {
          const list = await cluster.seen.served(nodeName, signal);
          answers.push(list.map(({ pid }) => pid).sort((a, b) => a - b));
        } catch {
          await new Promise((resolve) => setTimeout(resolve, 2));
        }
      }

      expect(answers).toEqual(Array.from({ length: 20 }, () => pids));
      expect(await programPid(cluster, new RegExp(`DM_NODE_NAME=${nodeName}(\0|$)`))).not.toBe(before);
      await remove(id);
      await vi.waitFor(async () => expect(await servedPids()).toEqual([]), WAIT);
      await deletePod('agent-kill', pod);
    });

    it('goes on serving while the manager is killed, and follows changes once it is back', async () => {
      const pod = aWorkerPod({ name: 'manager-kill', labels: { app: 'manager-kill' } });
      await startPod(pod);
      const id = await create({ labelSelectors: [{ key: 'app', value: 'manager-kill' }], priority: 4 });
      const pids = await pod.pids();
      await vi.waitFor(async () => expect(await servedPids()).toEqual(pids), WAIT);

      const poller = await pollEvery5Ms(cluster, (lists) =>
        lists.some((list) => pids.every((pid) => list.has(pid))),
      );
      process.kill(await programPid(cluster, /cli\/main\.js manager/), 'SIGKILL');
      await vi.waitFor(async () => {
        const { nodes } = await cluster.seen.nodes(signal);
        expect(nodes.every(({ delivery }) => delivery.state === 'Applied')).toBe(true);
      }, WAIT);
      const { misses } = await poller.stop();

      expect(misses).toEqual([]);
      await remove(id);
      await vi.waitFor(async () => expect(await servedPids()).toEqual([]), WAIT);
      await deletePod('manager-kill', pod);
    });

    it('lets the precedence rule decide between strategies that match one process', async () => {
      const pod = aWorkerPod({ name: 'contested', labels: { app: 'contested' } });
      await startPod(pod);
      const selector = { labelSelectors: [{ key: 'app', value: 'contested' }] };
      const strong = await create({ ...selector, priority: 2 });
      const precedent = await create({ ...selector, priority: 15, precedence: 1 });
      const pids = await pod.pids();
      const priorities = async () => {
        const all = await served();
        return pids.map((pid) => all.get(pid)?.priority);
      };

      await vi.waitFor(async () => expect(await priorities()).toEqual([15, 15]), WAIT);
      await remove(precedent);
      await vi.waitFor(async () => expect(await priorities()).toEqual([2, 2]), WAIT);

      await remove(strong);
      await deletePod('contested', pod);
    });
  });
}

async function waitForApplied(cluster: RunningCluster, strategyId: string): Promise<void> {
  await vi.waitFor(async () => {
    const intents = await cluster.seen.intentsOf(strategyId, signal);
    expect(intents.length).toBeGreaterThan(0);
    expect(intents.every(({ status }) => status === 'Applied')).toBe(true);
  }, WAIT);
}

/** Asks every node as its scheduler would, every 5 ms, and notes when what must always hold does not. */
async function pollEvery5Ms(cluster: RunningCluster, holds: (lists: ReadonlySet<number>[]) => boolean) {
  let running = true;
  let polls = 0;
  const misses: string[] = [];
  const loop = (async () => {
    while (running) {
      const lists = await Promise.all(
        cluster.facts.nodes.map(async ({ name }) => {
          const served = await cluster.seen.served(name, signal);
          return new Set(served.map(({ pid }) => pid));
        }),
      );
      polls++;
      if (!holds(lists)) misses.push(`${polls}: ${lists.map((list) => [...list].join(' ')).join(' | ')}`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  })();
  return {
    stop: async () => {
      running = false;
      await loop;
      return { polls, misses };
    },
  };
}
