import { DomainError } from '../../../shared/domain/domain-error.js';
import type { KnownIntentSet } from '../../domain/intent-set.js';
import type { KnownNodeIntents } from '../../domain/node-intent.js';
import type { ProcessSnapshot } from '../../domain/pod-process.js';
import type { DecisionEngine, EngineReport } from '../../ports/decision-engine.js';
import type { DecisionRefresh } from '../../ports/decision-refresh.js';
import type { IntentSets, NodeIntents } from '../../ports/intent-sets.js';
import type { ProcessDiscovery, ProcessFacts } from '../../ports/process-table.js';
import type { ProcessView } from '../../ports/process-view.js';
import type { ServedAnswer, ServedDecisions } from '../../ports/served-decisions.js';
import type { ScanMetrics } from './scan-metrics.js';

interface Collaborators {
  readonly engine: DecisionEngine;
  readonly sets: IntentSets;
  readonly nodeIntents: NodeIntents;
  readonly metrics: ScanMetrics;
}

const UNKNOWN: ProcessDiscovery = {
  cgroupVersion: 'unknown',
  source: 'cgroup tree',
  hostPidNamespace: false,
  hostCgroupNamespace: false,
};

/**
 * Gives the engine what is wished for, and answers every request from what it reported last. An engine that breaks
 * down is told on /ready, while the last good answer stays; a node that cannot be read is a refusal.
 */
export class SchedulingService implements DecisionRefresh, ProcessFacts, ProcessView, ServedDecisions {
  readonly #collaborators: Collaborators;
  readonly #waiting = new Set<() => void>();
  #sent: { readonly set: KnownIntentSet | undefined; readonly node: KnownNodeIntents } | undefined;
  #report: EngineReport | undefined;
  #answer: ServedAnswer | undefined;

  constructor(collaborators: Collaborators) {
    this.#collaborators = collaborators;
    collaborators.engine.onReport((report) => this.#take(report));
  }

  async refresh(): Promise<void> {
    this.sendInput();
    await this.#collaborators.engine.refresh();
  }

  /** Gives the engine what is wished for now, where that is not what it has. */
  sendInput(): boolean {
    const { engine, sets, nodeIntents } = this.#collaborators;
    const set = sets.current();
    const node = nodeIntents.nodeIntents();
    if (this.#sent !== undefined && this.#sent.set === set && this.#sent.node === node) return false;
    this.#sent = { set, node };
    engine.use({ intents: set && intentsInForce(set), nodeIntents: node.intents });
    return true;
  }

  answer(): ServedAnswer {
    const problem = this.#report === undefined ? this.#collaborators.engine.problem() : this.#report.problem;
    if (problem !== undefined) throw unavailable(problem);
    if (this.#answer !== undefined) return this.#answer;
    throw unavailable(
      this.#collaborators.sets.current() === undefined
        ? 'no set of intents is known yet: a manager has to send one first'
        : 'the decisions have not been worked out yet: ask again in a moment',
    );
  }

  changeFrom(etag: string, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const look = () => {
        if (!signal.aborted && this.#report?.problem === undefined && this.#answer?.etag === etag) return;
        this.#waiting.delete(look);
        signal.removeEventListener('abort', look);
        resolve();
      };
      this.#waiting.add(look);
      signal.addEventListener('abort', look);
      look();
    });
  }

  polled(): void {
    this.#collaborators.metrics.polled();
    if (this.#answer !== undefined) this.#collaborators.engine.polled(this.#answer.etag);
  }

  processes(): Promise<ProcessSnapshot> {
    return this.#collaborators.engine.processes();
  }

  discovery(): ProcessDiscovery {
    return this.#report?.discovery ?? UNKNOWN;
  }

  readErrors(): ReadonlyMap<string, number> {
    return this.#report?.readErrors ?? new Map();
  }

  /** Why what is served is not up to date, or nothing is; undefined while all is well. */
  problem(): string | undefined {
    return this.#collaborators.engine.problem() ?? this.#report?.problem;
  }

  #take(report: EngineReport): void {
    const { answer } = report;
    this.#report = report;
    // The next engine's first answer may be the last one's, word for word.
    if (answer !== undefined && answer?.etag !== this.#answer?.etag) this.#answer = answer ?? undefined;
    this.#collaborators.metrics.looked(report.counts);
    for (const look of [...this.#waiting]) look();
    // Wishes may change without a word, as by their age.
    if (this.sendInput()) void this.#collaborators.engine.refresh();
  }
}

/** As they are to be understood, which for those of a first-generation manager is not always as they were sent. */
function intentsInForce(set: KnownIntentSet) {
  return [...set.byPod.values()].flat();
}

function unavailable(reason: string): DomainError {
  return new DomainError('unavailable', reason);
}
