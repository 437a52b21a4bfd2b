import type { Clock } from '../../../shared/lifecycle/clock.js';
import { Counter, Gauge, type Registry } from '../../../shared/observability/metrics.js';
import type { KnownIntentSet } from '../../domain/intent-set.js';
import { countPods, NO_PODS, type PodCount, type PodCounts } from '../../domain/pod-counters.js';
import type { PodProcess } from '../../domain/pod-process.js';
import type { TaskCounters } from '../../domain/task-counters.js';
import type { IntentSets } from '../../ports/intent-sets.js';
import type { ProcessView } from '../../ports/process-view.js';
import type { TaskCounterSource } from '../../ports/task-counters.js';

export interface PodCountersOptions {
  readonly sets: IntentSets;
  readonly processes: ProcessView;
  readonly source: TaskCounterSource;
  readonly clock: Clock;
}

/** The public families (contract 2.7), without the label machine_id, which the public program has not either (9.3). */
const COUNTERS: Readonly<Record<keyof TaskCounters, readonly [name: string, help: string]>> = {
  voluntarySwitches: [
    'gthulhu_pod_voluntary_ctx_switches_total',
    'Times that threads of the pod gave the CPU away themselves.',
  ],
  involuntarySwitches: [
    'gthulhu_pod_involuntary_ctx_switches_total',
    'Times that the CPU was taken from threads of the pod.',
  ],
  cpuTimeNs: ['gthulhu_pod_cpu_time_nanoseconds_total', 'Time that threads of the pod were on a CPU.'],
  waitTimeNs: [
    'gthulhu_pod_wait_time_nanoseconds_total',
    'Time that threads of the pod could run and waited for a CPU.',
  ],
  runCount: ['gthulhu_pod_run_count_total', 'Times that threads of the pod were put on a CPU.'],
  cpuMigrations: [
    'gthulhu_pod_cpu_migrations_total',
    'Moves of threads of the pod to another CPU; 0 on kernels that do not tell.',
  ],
};

const LABELS = ['namespace', 'node_name', 'pod_name', 'pod_uid'] as const;
type Labels = Readonly<Record<(typeof LABELS)[number], string>>;

/** Largest part of one core that reading the counters in rounds may take. */
const MAX_SHARE = 0.02;

/** A request for the page has them read when they are older, and when the last time was quick. */
const FRESH_MS = 1_000;
const QUICK_MS = 50;

/** Holds a pod together, and is not counted (contract 9.4). */
const PAUSE = 'pause';

/**
 * What the kernel counts about the pods that have an intent, over all of their processes, read in rounds. A process
 * that ends between two of them takes what it did since the last one with it.
 */
export class PodCountersExporter {
  readonly #options: PodCountersOptions;
  #counts: PodCounts = NO_PODS;
  #counting: Promise<void> | undefined;
  /** When the last count ended and how long it took, in milliseconds. */
  #last: { readonly atMs: number; readonly durationMs: number } | undefined;
  #pods: { readonly set: KnownIntentSet | undefined; readonly labels: ReadonlyMap<string, Labels> } = {
    set: undefined,
    labels: new Map(),
  };

  constructor(registry: Registry, options: PodCountersOptions) {
    this.#options = options;
    this.#registerFamilies(registry);
    registerReadErrors(registry, options.source);
  }

  /** Reads once, and then waits as long as it takes to keep to its share of the CPU. */
  async round(signal: AbortSignal): Promise<void> {
    await this.#count();
    const durationMs = this.#last?.durationMs ?? 0;
    await this.#options.clock.sleep(durationMs / MAX_SHARE - durationMs, signal);
  }

  /** At most one at a time; who comes meanwhile waits for the same one. */
  #count(): Promise<void> {
    this.#counting ??= this.#countOnce().finally(() => {
      this.#counting = undefined;
    });
    return this.#counting;
  }

  async #countOnce(): Promise<void> {
    const { clock } = this.#options;
    const startedAtMs = clock.monotonicMs();
    await this.#read();
    const atMs = clock.monotonicMs();
    this.#last = { atMs, durationMs: atMs - startedAtMs };
  }

  async #read(): Promise<void> {
    const { processes, source } = this.#options;
    const wanted = this.#labels();
    if (wanted.size === 0) {
      this.#counts = NO_PODS;
      return;
    }
    // While the node cannot be read everything stays as it was; who cannot read it says so.
    const snapshot = await processes.processes().catch(() => undefined);
    if (snapshot === undefined) return;
    const members = [...wanted.keys()].flatMap((podUid) => snapshot.byPod.get(podUid) ?? []);
    this.#counts = countPods(this.#counts, wanted.keys(), await source.read(members.filter(isCounted)));
  }

  /** For the page: as fresh as is cheap. */
  async #freshen(): Promise<void> {
    const { atMs, durationMs } = this.#last ?? { atMs: Number.NEGATIVE_INFINITY, durationMs: 0 };
    const isOld = this.#options.clock.monotonicMs() - atMs >= FRESH_MS;
    const lacksPods = [...this.#labels().keys()].some((podUid) => !this.#counts.has(podUid));
    if ((isOld || lacksPods) && durationMs <= QUICK_MS) await this.#count();
  }

  #registerFamilies(registry: Registry): void {
    const freshen = () => this.#freshen();
    const each = (set: (labels: Labels, pod: PodCount) => void) => this.#each(set);
    const registers = [registry];
    for (const [field, [name, help]] of Object.entries(COUNTERS)) {
      new Counter({
        name,
        help,
        labelNames: LABELS,
        registers,
        async collect() {
          await freshen();
          this.reset();
          each((labels, { totals }) => this.inc(labels, totals[field as keyof TaskCounters]));
        },
      });
    }
    new Gauge({
      name: 'gthulhu_pod_process_count',
      help: 'Processes of the pod, without pause.',
      labelNames: LABELS,
      registers,
      async collect() {
        await freshen();
        this.reset();
        each((labels, { processCount }) => this.set(labels, processCount));
      },
    });
  }

  /** Pods that have, or had, a process and still have an intent. */
  #each(set: (labels: Labels, pod: PodCount) => void): void {
    for (const [podUid, labels] of this.#labels()) {
      const pod = this.#counts.get(podUid);
      if (pod !== undefined && wasSeen(pod)) set(labels, pod);
    }
  }

  /** Of the pods that have an intent now. */
  #labels(): ReadonlyMap<string, Labels> {
    const set = this.#options.sets.current();
    if (set !== this.#pods.set) {
      const labels = labelsOf(set);
      this.#pods = { set, labels };
      this.#counts = new Map([...this.#counts].filter(([podUid]) => labels.has(podUid)));
    }
    return this.#pods.labels;
  }
}

/** Where intents for one pod differ in its name, the strongest is right; it stands last. */
function labelsOf(set: KnownIntentSet | undefined): ReadonlyMap<string, Labels> {
  return new Map(
    (set?.intents ?? [])
      .filter(({ podID }) => podID !== '')
      .map(({ podID, podName, nodeID, k8sNamespace }) => [
        podID,
        { namespace: k8sNamespace, node_name: nodeID, pod_name: podName, pod_uid: podID },
      ]),
  );
}

function wasSeen({ processCount, totals }: PodCount): boolean {
  return processCount > 0 || Object.values(totals).some((total) => total > 0);
}

function isCounted(process: PodProcess): boolean {
  return process.comm !== PAUSE;
}

function registerReadErrors(registry: Registry, source: TaskCounterSource): void {
  new Counter({
    name: 'podium_agent_pod_stats_read_errors_total',
    help: 'Failed reads of what the kernel counts about processes; ENOENT and ESRCH are mostly processes that ended.',
    labelNames: ['errno'],
    registers: [registry],
    collect() {
      this.reset();
      for (const [errno, count] of source.readErrors()) this.inc({ errno }, count);
    },
  });
}
