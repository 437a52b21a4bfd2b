import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { programPid, type RunningCluster } from './local-cluster.js';
import { aWorkerPod, type WorkerPod, type WorkerPodOptions } from './workers.js';

const signal = new AbortController().signal;
const WAIT = { timeout: 20_000, interval: 20 };
const NAMESPACE = 'e2e';
const webSelector = { labelSelectors: [{ key: 'app', value: 'web' }] };

/**
 * The main job, end to end, on whatever cluster is given: real programs, real processes, and the operating
 * system's own view of them. The same scenario runs on our API server and on the real one.
 */
export function mainJobScenario(
  title: string,
  start: () => Promise<RunningCluster>,
  /** More tests on the same cluster. */
  more: (cluster: () => RunningCluster) => void = () => {},
): void {
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

    /** What a test made, so that the next one begins with nothing, whatever happened. */
    const strategies = new Set<string>();
    const pods = new Map<string, WorkerPod>();

    const startPod = async (name: string, options: Omit<WorkerPodOptions, 'name'> = {}) => {
      const pod = aWorkerPod({ name, ...options });
      await cluster.seen.createPod(NAMESPACE, pod.object, signal);
      pods.set(name, pod);
      await vi.waitFor(async () => expect(await pod.pids()).toHaveLength(2), WAIT);
      return pod;
    };
    const deletePod = async (name: string) => {
      await cluster.seen.deletePod(NAMESPACE, name, signal);
      await vi.waitFor(async () => expect((await pods.get(name)?.pids()) ?? []).toEqual([]), WAIT);
      await vi.waitFor(
        () => expect(cluster.seen.getPod(NAMESPACE, name, signal)).rejects.toThrow('404'),
        WAIT,
      );
      pods.delete(name);
    };
    const create = async (strategy: object) => {
      const body = { k8sNamespace: [NAMESPACE], commandRegex: '^sleep$', ...strategy };
      const id = await cluster.seen.createStrategy(body, signal);
      strategies.add(id);
      return id;
    };
    const remove = async (id: string) => {
      await cluster.seen.deleteStrategy(id, signal);
      strategies.delete(id);
    };
    afterEach(async () => {
      for (const id of strategies) await remove(id);
      for (const name of [...pods.keys()]) await deletePod(name);
      await vi.waitFor(async () => expect(await servedPids()).toEqual([]), WAIT);
    });

    /** Everything that schedulers are told, on all nodes, by pid. */
    const served = async () => {
      const perNode = await Promise.all(nodeNames().map((name) => cluster.seen.served(name, signal)));
      return new Map(perNode.flat().map((process) => [process.pid, process]));
    };
    const servedPids = async () => [...(await served()).keys()].sort((a, b) => a - b);

    it('serves exactly the processes that the operating system shows for matching pods', async () => {
      const matching: WorkerPod[] = [];
      for (const index of [1, 2, 3]) {
        matching.push(await startPod(`main-${index}`, { labels: { app: 'main' } }));
      }
      await startPod('other', { labels: { app: 'other' } });

      const id = await create({
        labelSelectors: [{ key: 'app', value: 'main' }],
        priority: 3,
        executionTime: 5_000_000,
      });

      const expected = (await Promise.all(matching.map((pod) => pod.pids()))).flat().sort((a, b) => a - b);
      await vi.waitFor(async () => expect(await servedPids()).toEqual(expected), WAIT);
      for (const process of (await served()).values()) {
        expect(process).toMatchObject({ priority: 3, execution_time: 5_000_000 });
      }
      const intents = await cluster.seen.intentsOf(id, signal);
      expect(intents.map(({ status }) => status)).toEqual(['Applied', 'Applied', 'Applied']);

      await remove(id);
      await vi.waitFor(async () => expect(await servedPids()).toEqual([]), WAIT);
    });

    it('follows pods that come and go, and processes that die and are started again', async () => {
      await create({ ...webSelector, priority: 5 });
      const first = await startPod('moving');
      await vi.waitFor(async () => expect(await servedPids()).toEqual(await first.pids()), WAIT);

      // The shell waits for its other worker, so only the container's end starts both anew.
      for (const pid of await first.pids()) process.kill(pid, 'SIGKILL');
      await vi.waitFor(async () => {
        expect(await first.pids()).toHaveLength(2);
        expect(await servedPids()).toEqual(await first.pids());
      }, WAIT);

      await deletePod('moving');
      const second = await startPod('moving');
      await vi.waitFor(async () => expect(await servedPids()).toEqual(await second.pids()), WAIT);
    });

    it('never takes the processes of one strategy away while another changes', async () => {
      const pod = await startPod('kept');
      await create({ ...webSelector, priority: 7 });
      const pids = await pod.pids();
      await vi.waitFor(async () => expect(await servedPids()).toEqual(pids), WAIT);

      const poller = pollEvery5Ms(cluster, pids);
      for (let round = 0; round < 10; round++) {
        const other = await create({ ...webSelector, priority: 9 });
        await applied(other);
        await cluster.seen.updateStrategy(
          { strategyId: other, k8sNamespace: [NAMESPACE], ...webSelector, priority: 12 },
          signal,
        );
        await applied(other);
        await remove(other);
        await vi.waitFor(async () => expect(await cluster.seen.intentsOf(other, signal)).toEqual([]), WAIT);
      }
      const { polls, misses } = await poller.stop();

      expect(misses).toEqual([]);
      expect(polls).toBeGreaterThan(30);
    });

    it('answers rightly at once after a decision maker was killed, never with an empty list', async () => {
      const nodeName = nodeNames()[0] ?? '';
      const pod = await startPod('agent-kill', { nodeName });
      await create({ ...webSelector, priority: 4 });
      const pids = await pod.pids();
      await vi.waitFor(async () => expect(await servedPids()).toEqual(pids), WAIT);

      const agent = new RegExp(`DM_NODE_NAME=${nodeName}(\0|$)`);
      const before = await programPid(cluster, agent);
      process.kill(before, 'SIGKILL');
      const answers = await firstAnswers(nodeName, 20);

      expect(answers).toEqual(Array.from({ length: 20 }, () => pids));
      expect(await programPid(cluster, agent)).not.toBe(before);
    });

    it('goes on serving while the manager is killed, and follows changes once it is back', async () => {
      const pod = await startPod('manager-kill');
      const id = await create({ ...webSelector, priority: 4 });
      const pids = await pod.pids();
      await vi.waitFor(async () => expect(await servedPids()).toEqual(pids), WAIT);

      const poller = pollEvery5Ms(cluster, pids);
      const before = await programPid(cluster, /cli\/main\.js manager/);
      process.kill(before, 'SIGKILL');
      await vi.waitFor(
        async () => expect(await programPid(cluster, /cli\/main\.js manager/)).not.toBe(before),
        WAIT,
      );
      await vi.waitFor(async () => {
        const { nodes } = await cluster.seen.nodes(signal);
        expect(nodes.every(({ delivery }) => delivery.state === 'Applied')).toBe(true);
      }, WAIT);
      const { misses } = await poller.stop();

      expect(misses).toEqual([]);
      await remove(id);
      await vi.waitFor(async () => expect(await servedPids()).toEqual([]), WAIT);
    });

    it('lets the precedence rule decide between strategies that match one process', async () => {
      const pod = await startPod('contested');
      await create({ ...webSelector, priority: 2 });
      const precedent = await create({ ...webSelector, priority: 15, precedence: 1 });
      const pids = await pod.pids();
      const priorities = async () => {
        const all = await served();
        return pids.map((pid) => all.get(pid)?.priority);
      };

      await vi.waitFor(async () => expect(await priorities()).toEqual([15, 15]), WAIT);
      await remove(precedent);
      await vi.waitFor(async () => expect(await priorities()).toEqual([2, 2]), WAIT);
    });

    more(() => cluster);

    const applied = (strategyId: string) =>
      vi.waitFor(async () => {
        const intents = await cluster.seen.intentsOf(strategyId, signal);
        expect(intents.map(({ status }) => status)).toEqual(['Applied']);
      }, WAIT);

    /** The first successful answers of a node's agent, asked without a pause. */
    const firstAnswers = async (nodeName: string, count: number) => {
      const answers: number[][] = [];
      const endMs = Date.now() + WAIT.timeout;
      while (answers.length < count && Date.now() < endMs) {
        try {
          const list = await cluster.seen.served(nodeName, signal);
          answers.push(list.map(({ pid }) => pid).sort((a, b) => a - b));
        } catch {
          await new Promise((resolve) => setTimeout(resolve, 2));
        }
      }
      return answers;
    };
  });
}

/** Asks every node as its scheduler would, every 5 ms, and notes each time that one of the pids is missing. */
function pollEvery5Ms(cluster: RunningCluster, pids: readonly number[]) {
  let running = true;
  let polls = 0;
  const misses: string[] = [];
  const loop = (async () => {
    while (running) {
      const lists = await Promise.all(
        cluster.facts.nodes.map(({ name }) => cluster.seen.served(name, signal)),
      );
      const listed = lists.flat().map(({ pid }) => pid);
      polls++;
      if (!pids.every((pid) => listed.includes(pid))) misses.push(`poll ${polls}: ${listed.join(' ')}`);
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
